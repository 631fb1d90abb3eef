import { decode, decodeApng } from "fast-png";
import { describe, expect, it } from "vitest";
import { recipeIn } from "../../../../wasm-model/render/image/chunks.ts";
import { encodeApng, encodeIndexedPng, encodePng } from "../../../../wasm-model/render/image/png.ts";

const shaded = (shade: number) => ({ pixels: Uint8Array.from({ length: 12 }, (_, i) => i + shade), width: 4, height: 3, channels: 1 });
const frames = [10, 50, 200].map(shaded);

it("encodeApng keeps every frame and shows the last one longest", () => {
  const animation = decodeApng(encodeApng(frames), { checkCrc: true });
  expect([animation.width, animation.height, animation.numberOfFrames, animation.numberOfPlays]).toEqual([4, 3, 3, 0]);
  for (const [i, { data, delayNumber, delayDenominator }] of animation.frames.entries()) {
    expect([...data]).toEqual([...frames[i].pixels]);
    expect(delayNumber / delayDenominator).toBe(i === 2 ? 2 : 0.1);
  }
});

it.each([
  [1, 1, 3],
  [3, 5, 3],
  [17, 31, 4],
  [33, 7, 4],
  [64, 65, 4],
])("encodeIndexedPng keeps every pixel of an image of %i x %i in %i channels, with up to 256 colours", (width, height, channels) => {
  for (const count of [1, 2, 16, 256, 257]) {
    const colours = Array.from({ length: count }, (_, k) => [k % 256, (k * 7) % 251, k >> 8, k % 3 === 0 ? 0 : 255].slice(0, channels));
    const shown = Uint8Array.from(Array.from({ length: width * height }, (_, i) => colours[i % count]).flat());
    const { palette, data } = decode(encodeIndexedPng({ pixels: shown, width, height, channels }), { checkCrc: true });
    expect(palette !== undefined).toBe(Math.min(count, width * height) <= 256);
    const decoded = palette ? Array.from(data).flatMap((index) => [...palette[index], 255].slice(0, channels)) : [...data];
    expect(decoded).toEqual([...shown]);
  }
});

const image = { pixels: Uint8Array.of(1, 2, 3, 4), width: 2, height: 2, channels: 1 };

describe("a recipe in a PNG file", () => {
  it.each(["", "seed", "süß 🌰\n\u0000"])("is read back: %j", (recipe) => {
    const file = encodePng(image, recipe);
    expect(recipeIn(file)).toBe(recipe);
    expect(decode(file, { checkCrc: true }).data).toEqual(image.pixels);
  });

  it("is not found if there is none", () => {
    expect(recipeIn(encodePng(image))).toBeUndefined();
  });

  it("is not read from a file that is cut short or damaged", () => {
    const file = encodePng(image, "a recipe");
    for (let length = 0; length < file.length; length++) expect(() => recipeIn(file.subarray(0, length))).toThrow(RangeError);
    for (let i = 0; i < file.length; i++) {
      const damaged = file.slice();
      damaged[i] ^= 1;
      expect(() => recipeIn(damaged), `byte ${i}`).toThrow(RangeError);
    }
  });
});
