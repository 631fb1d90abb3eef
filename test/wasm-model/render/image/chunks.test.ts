import { decode } from "fast-png";
import { describe, expect, it } from "vitest";
import { recipeIn } from "../../../../wasm-model/render/image/chunks.ts";
import { encodePng } from "../../../../wasm-model/render/image/png.ts";

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
