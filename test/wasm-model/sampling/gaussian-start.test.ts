import { describe, expect, it } from "vitest";
import type { ModelCard } from "../../../wasm-model/model/card.ts";
import type { NetworkSpec } from "../../../wasm-model/network/spec.ts";
import { generate } from "../../../wasm-model/render/generate.ts";
import type { SampleOptions } from "../../../wasm-model/request/options.ts";
import { type ImageSettings, resolve } from "../../../wasm-model/request/resolve.ts";
import { START_DRAW, startImage, startNumbers } from "../../../wasm-model/sampling/gaussian-start.ts";
import type { Start } from "../../../wasm-model/sampling/settings.ts";
import { cardOf, TINY } from "../../support/random-model.ts";
import { normalValues } from "../../support/random-numbers.ts";

const SPEC: NetworkSpec = { ...TINY, height: 8, width: 12, channels: 3 };
const SIZE = 12;
/** Of 2x2 squares in three channels and three classes, whose means are 0, 1 and 2 and a hundredth more from number to number. */
const start: Start = {
  ...{ squares: 2, spread: 1.5, extrapolation: 1.3 },
  means: [0, 1, 2].map((k) => Array.from({ length: SIZE }, (_, f) => k + f / 100)),
  factor: Array.from({ length: (SIZE * (SIZE + 1)) / 2 }, (_, i) => Math.sin(i) / 10),
};
const zeros = new Float32Array(SIZE);
const z = normalValues("z", SIZE);

/** Value of square (row, column) of channel c, at its first and its last pixel. */
const squareOf = (image: Float32Array, c: number, row: number, column: number) => [
  image[(c * 8 + 4 * row) * 12 + 6 * column],
  image[(c * 8 + 4 * row + 3) * 12 + 6 * column + 5],
];

describe("startImage", () => {
  it("has the class's means in squares of each channel if its numbers are 0", () => {
    expect(startNumbers(start, SPEC)).toBe(SIZE);
    const image = startImage(start, SPEC, Float32Array.of(0, 0, 1), zeros);
    for (let f = 0; f < SIZE; f++) {
      const value = Math.fround(2 + f / 100);
      expect(squareOf(image, Math.floor(f / 4), Math.floor(f / 2) % 2, f % 2)).toEqual([value, value]);
    }
  });

  it("has the mixture of the means for a mixture, and the overall mean for no class", () => {
    expect(startImage(start, SPEC, Float32Array.of(0.25, 0, 0.75), zeros)[0]).toBe(1.5);
    expect(startImage(start, SPEC, Float32Array.of(0, 0, 0), zeros)[0]).toBeCloseTo(1, 6);
  });

  it("adds spread L z", () => {
    const label = Float32Array.of(1, 0, 0);
    const image = startImage(start, SPEC, label, z);
    const expected = Array.from({ length: SIZE }, (_, f) => {
      const row = start.factor.slice((f * (f + 1)) / 2, ((f + 1) * (f + 2)) / 2);
      return f / 100 + 1.5 * row.reduce((sum, l, g) => sum + l * z[g], 0);
    });
    expected.forEach((value, f) => {
      expect(squareOf(image, Math.floor(f / 4), Math.floor(f / 2) % 2, f % 2)[0]).toBeCloseTo(value, 5);
    });
    expect(startImage({ ...start, spread: 0 }, SPEC, label, z)).toEqual(startImage(start, SPEC, label, zeros));
  });
});

describe("generate", () => {
  const schedule = { sigmas: [10, 1], churn: [0.5], extrapolation: [1], start };
  const plain = cardOf(SPEC);
  const card: ModelCard = { ...plain, sampling: { ...plain.sampling, steps: 2, schedules: [schedule] } };
  /** What the network is given first. */
  const firstOf = async (images: readonly ImageSettings[], { of = card, ...options }: Partial<SampleOptions> & { of?: ModelCard } = {}) => {
    let first: Float32Array | undefined;
    const denoise = async (x: Float32Array) => {
      first ??= x.slice();
      return new Float32Array(x.length);
    };
    await generate({ card: of, denoiser: { denoise } }, resolve("sample", { steps: 2, ...options, seed: "any" }, of), images);
    return first as Float32Array;
  };
  const noiseOf = (seed: string) => normalValues(seed, 8 * 12 * 3);
  const startOf = (seed: string, label: readonly number[]) =>
    startImage(start, SPEC, Float32Array.from(label), normalValues(seed, SIZE, START_DRAW));

  it("starts each image from its own start plus noise of the first level", async () => {
    const received = await firstOf([
      { seed: "a", class: 2 },
      { seed: "b", class: undefined },
    ]);
    const expected = [startOf("a", [0, 0, 1]), startOf("b", [0, 0, 0])].map((image, b) =>
      noiseOf("ab"[b]).map((value, i) => 10 * value + image[i]),
    );
    received.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[Math.floor(i / 288)][i % 288], 4);
    });
  });

  it("extrapolates the first guess from the mean of the image's class", async () => {
    const of: ModelCard = {
      ...plain,
      sampling: { ...plain.sampling, steps: 1, schedules: [{ sigmas: [10], churn: [], extrapolation: [], start }] },
    };
    const denoiser = { denoise: async (x: Float32Array) => new Float32Array(x.length).fill(0.5) };
    const images = await generate({ card: of, denoiser }, resolve("sample", { seed: "any" }, of), [{ seed: "a", class: 1 }]);
    const mean = startImage(start, SPEC, Float32Array.of(0, 1, 0), zeros);
    images.forEach((value, i) => {
      expect(value).toBeCloseTo(1.3 * 0.5 - 0.3 * mean[i], 5);
    });
  });

  it("starts an image alone as in a batch, at any temperature", async () => {
    const both = await firstOf([
      { seed: "a", class: 2 },
      { seed: "b", class: 0 },
    ]);
    expect(await firstOf([{ seed: "b", class: 0 }], { temperature: 0.3 })).toEqual(both.slice(288));
  });
});
