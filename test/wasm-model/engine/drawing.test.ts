/** Image data, decoded by zlib, which checks every bit of it, and by sharp; noise, compared with the oracle. */
import { crc32, inflateSync } from "node:zlib";
import fc from "fast-check";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { DRAWING } from "../../../wasm-model/engine/dist/drawing.ts";
import * as drawing from "../../../wasm-model/engine/drawing.ts";
import { encodePng, type Pixels } from "../../../wasm-model/render/image/png.ts";
import { gaussianQuantile, gaussians, seedState } from "../../../wasm-model/sampling/random.ts";

const sides = fc.integer({ min: 1, max: 512 });
const random = (seed: number, i: number): number => (Math.imul(seed + i, 0x9e3779b1) >>> 15) & 255;
/** Bytes that are alike, noisy, smooth, alike in runs, and alike in long runs. */
const KINDS: readonly ((i: number, seed: number) => number)[] = [
  (_, seed) => seed & 255,
  (i, seed) => random(seed, i),
  (i, seed) => (i >> 4) + (random(seed, i) & 3),
  (i, seed) => random(seed, i >> 5),
  (i, seed) => random(seed, i >> 12),
];

/** Decodes the file, and fails for data of another length than the image's. */
async function decoded(image: Pixels): Promise<Uint8Array> {
  const { width, height, channels } = image;
  const file = encodePng(image);
  const { data, info } = await sharp(file, { failOn: "warning" })
    .toColourspace(channels === 1 ? "b-w" : "srgb")
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect([info.width, info.height, info.channels]).toEqual([width, height, channels]);
  const compressed = drawing.compressPixels(image.pixels, height, channels);
  const { buffer, engine } = inflateSync(compressed, { info: true }) as unknown as { buffer: Uint8Array; engine: { bytesWritten: number } };
  expect([buffer.length, engine.bytesWritten]).toEqual([height * (width * channels + 1), compressed.length]);
  return data;
}

const expectSame = async (image: Pixels): Promise<void> => expect(Buffer.compare(await decoded(image), image.pixels)).toBe(0);

describe("compressed", () => {
  it("keeps every byte of an image", { timeout: 300_000 }, async () => {
    const images = fc.record({
      width: sides,
      height: sides,
      channels: fc.constantFrom(1, 3, 4),
      kind: fc.constantFrom(...KINDS),
      seed: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(images, async ({ width, height, channels, kind, seed }) => {
        await expectSame({
          pixels: Uint8Array.from({ length: width * height * channels }, (_, i) => kind(i, seed)),
          width,
          height,
          channels,
        });
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    [70_000, 3, 1],
    [1, 70_000, 1],
    [300, 400, 4],
  ])("keeps every byte of an image of several blocks: %ix%i, %i channels", async (width, height, channels) => {
    await expectSame({
      pixels: Uint8Array.from({ length: width * height * channels }, (_, i) => random(7, i >> 3)),
      width,
      height,
      channels,
    });
  });

  it("keeps runs of zeros of every length", async () => {
    for (let zeros = 0; zeros < 600; zeros++) {
      const pixels = new Uint8Array(zeros + 7).fill(5, 0, 3).fill(9, zeros + 3); // the filter of the first row leaves differences
      await expectSame({ pixels, width: pixels.length, height: 1, channels: 1 });
    }
  });

  it("limits the length of codes", async () => {
    const differences: number[] = [];
    for (let value = 0, [count, next] = [1, 1]; value < 21; value++, [count, next] = [next, count + next]) {
      for (let i = 0; i < count; i++) differences.push(20 + value);
    }
    let last = 0;
    const pixels = Uint8Array.from(differences, (difference) => (last += difference));
    await expectSame({ pixels, width: pixels.length, height: 1, channels: 1 });
  });
});

it("crc32 is that of zlib, over several blocks too", () => {
  for (const length of [0, 1, 2, 3, 4, 5, 1000, 65_536, 65_537, 200_000]) {
    const bytes = Uint8Array.from({ length }, (_, i) => random(3, i));
    expect(drawing.crc32(bytes)).toBe(crc32(bytes));
  }
});

describe("gaussians", () => {
  it("are those of sampling/random.ts", () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), fc.integer({ min: 0, max: 50_000 }), (seed, draw, length) => {
        const [ours, oracle] = [new Float32Array(length), new Float32Array(length)];
        drawing.gaussians(seedState(seed), draw, ours);
        gaussians(seedState(seed), draw, oracle);
        expect(Buffer.compare(Buffer.from(ours.buffer), Buffer.from(oracle.buffer))).toBe(0);
      }),
    );
  });

  it("are the quantiles of sampling/random.ts, also of the rarest words and at the border of the tails", () => {
    const kernels = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(DRAWING, "base64"))).exports as unknown as {
      readonly memory: { readonly buffer: ArrayBuffer };
      readonly heapBase: { readonly value: number };
      quantiles(...wordsAndAddress: readonly number[]): void;
    };
    const at = kernels.heapBase.value;
    const border = 322_122_547; // the lowest word that is not in the lower tail
    const words = Array.from({ length: 50_000 }, (_, i) => [i, ~i >>> 0, border - 3 + (i % 6), ~(border - 3 + (i % 6)) >>> 0]);
    words.push(...words.map((_, i) => [0, 1, 2, 3].map((k) => (4 * i + k) * 21_474))); // evenly spread
    for (const four of words) {
      kernels.quantiles(...four, at);
      const expected = four.map((word) => Math.fround(gaussianQuantile((word + 0.5) * 2 ** -32)));
      const ours = new Float32Array(kernels.memory.buffer, at, 4);
      if (four.some((_, k) => !Object.is(ours[k], expected[k]))) expect([...ours]).toEqual(expected);
    }
  });
});
