import { describe, expect, it } from "vitest";
import { createEngine } from "../../../wasm-model/engine/engine.ts";
import { ModelError } from "../../../wasm-model/model/card.ts";
import type { NetworkSpec } from "../../../wasm-model/network/spec.ts";
import { oracleDenoiser } from "../../support/oracle.ts";
import { DEEP, largestDifference, randomInput, randomModel, SMALL, TINY, UNCONDITIONAL } from "../../support/random-model.ts";
import { plain, relaxed, VARIANTS } from "./modules.ts";

const SIGMAS = [0.05, 0.7, 20];

/**
 * Shapes that the shipped model does not have: maps of 1, 2, 3 pixels, colour, channels that are no multiples of 8,
 * other block counts.
 */
const SPECS: readonly { name: string; spec: NetworkSpec }[] = [
  { name: "8x8", spec: TINY },
  { name: "28x28", spec: SMALL },
  {
    name: "4x12, colour, odd channels",
    spec: { ...TINY, height: 4, width: 12, channels: 3, widths: [12, 21], encoderBlocks: [2, 1], decoderBlocks: [2, 3] },
  },
  {
    name: "4x4, one class",
    spec: { ...TINY, height: 4, width: 4, classes: 1, widths: [3, 5], encoderBlocks: [1, 3], decoderBlocks: [3, 2] },
  },
  { name: "8x8, unconditional", spec: UNCONDITIONAL },
  ...Object.entries(DEEP).map(([name, spec]) => ({ name, spec })),
];

describe.each(SPECS)("engine ($name)", ({ spec }) => {
  const model = randomModel(spec, 3, "int8");

  it("computes what onnxruntime computes, and where a value between two codes got another one little else", async () => {
    const engine = await createEngine(plain, model);
    const oracle = await oracleDenoiser(spec, model.weights);
    for (const sigma of SIGMAS) {
      const differences: number[] = [];
      for (let seed = 0; seed < 8; seed++) {
        const { x, labels } = randomInput(spec, 1, sigma, seed);
        differences.push(largestDifference(engine.denoise(x, sigma, labels), await oracle.denoise(x, sigma, labels)));
      }
      expect(Math.min(...differences)).toBeLessThan(4e-6);
      expect(Math.max(...differences)).toBeLessThan(0.05);
    }
  });

  it("gives the same bits from both builds and both convolutions", async () => {
    const engines = await Promise.all(VARIANTS.map(({ module, convolution }) => createEngine(module, model, convolution)));
    for (const sigma of SIGMAS) {
      const { x, labels } = randomInput(spec, 2, sigma, 7);
      const [first, ...others] = engines.map((engine) => engine.denoise(x, sigma, labels).slice());
      for (const other of others) expect(other).toEqual(first);
    }
  });

  it("gives the same bits whatever noise levels and classes came before, however many", async () => {
    const engine = await createEngine(plain, model);
    const { x, labels } = randomInput(spec, 1, 1, 11);
    const classes = [new Float32Array(spec.classes), labels];
    const draw = (by: typeof engine, level: number, label: number): Float32Array =>
      by.denoise(x, 0.01 * (level + 1), classes[label]).slice();
    const first = [0, 1, 2].flatMap((level) => [0, 1].map((label) => draw(engine, level, label)));
    const again = [0, 1, 2].flatMap((level) => [0, 1].map((label) => draw(engine, level, label)));
    for (let level = 0; level < 300; level++) draw(engine, level, level % 2);
    const later = [0, 1, 2].flatMap((level) => [0, 1].map((label) => draw(engine, level, label)));
    expect(again).toEqual(first);
    expect(later).toEqual(first);
    for (const [i, expected] of first.entries()) expect(draw(await createEngine(plain, model), i >> 1, i & 1)).toEqual(expected);
  });

  it("gives an image the same bits alone and in a batch", async () => {
    const engine = await createEngine(relaxed, model);
    const { x, labels } = randomInput(spec, 5, 1, 11);
    const batch = engine.denoise(x, 1, labels).slice();
    const size = x.length / 5;
    for (const image of [4, 0, 2]) {
      const alone = engine.denoise(
        x.slice(image * size, (image + 1) * size),
        1,
        labels.slice(image * spec.classes, (image + 1) * spec.classes),
      );
      expect(alone).toEqual(batch.slice(image * size, (image + 1) * size));
    }
  });
});

it("engine refuses fp32 models and wrong numbers of values", async () => {
  await expect(createEngine(plain, randomModel(TINY, 3, "fp32"))).rejects.toThrow(ModelError);
  const engine = await createEngine(plain, randomModel(TINY, 3, "int8"));
  expect(() => engine.denoise(new Float32Array(65), 1, new Float32Array(3))).toThrow("multiple of 64 values for `x` but received 65");
  expect(() => engine.denoise(new Float32Array(64), 1, new Float32Array(4))).toThrow("3 values for `labels` but received 4");
});

it("states the memory that it takes: its linear memory, and what it will cache", async () => {
  const engine = await createEngine(plain, randomModel(SMALL, 1, "int8"));
  const { byteLength } = engine.kernels.memory.buffer;
  expect(engine.bytes).toBeGreaterThan(byteLength);
  expect(engine.bytes).toBeLessThan(2 * byteLength);
});
