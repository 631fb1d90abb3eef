/** The chain of oracles for the enlarger: reference <-> SIMD, all builds <-> onnxruntime; over odd sizes. */
import { readFileSync } from "node:fs";
import * as ort from "onnxruntime-web/wasm";
import { describe, expect, it } from "vitest";
import { createEnlarger } from "../../../wasm-model/engine/enlarger-program.ts";
import { enlargerFile } from "../../../wasm-model/model/model.ts";
import { readEnlarger } from "../../../wasm-model/model/onnx/reader.ts";
import { writeEnlarger } from "../../../wasm-model/model/onnx/writer.ts";
import { enlargerCounts } from "../../../wasm-model/network/count.ts";
import type { Weights } from "../../../wasm-model/network/quantization.ts";
import { referenceEnlarger } from "../../../wasm-model/network/reference.ts";
import { randomEnlarger, randomImage } from "../../support/random-enlarger.ts";
import { largestDifference } from "../../support/random-model.ts";
import { plain, VARIANTS } from "./modules.ts";

/** Height and width. */
const SIZES = [
  [1, 1],
  [2, 3],
  [5, 8],
  [16, 16],
  [17, 7],
  [7, 31],
] as const;

const weights = randomEnlarger(3, "int8");

describe.each(SIZES)("the enlarger of an image of %i x %i pixels", (height, width) => {
  const image = randomImage(height, width, 5);

  it("computes what the reference computes, float32 against float64, and the same bits in every build", async () => {
    const engines = await Promise.all(
      VARIANTS.map(({ module, convolution }) => createEnlarger(module, weights, { height, width }, convolution)),
    );
    const [first, ...others] = engines.map((engine) => engine.enlarge(image));
    for (const other of others) expect(other).toEqual(first);
    const reference = referenceEnlarger(weights, height, width)(image);
    const errors = first.map((value, i) => Math.abs(value - reference[i])).sort();
    expect(errors[Math.floor(0.9 * errors.length)]).toBeLessThan(2e-6);
    expect(errors[errors.length - 1]).toBeLessThan(1e-2); // a value in the middle between two codes may get either
    expect(first.some((value) => Math.abs(value) > 0.02)).toBe(true);
  });

  it("depends on no earlier image", async () => {
    const engine = await createEnlarger(plain, weights, { height, width });
    const first = engine.enlarge(image);
    engine.enlarge(randomImage(height, width, 6));
    expect(engine.enlarge(image)).toEqual(first);
  });
});

it("adds nothing if its last gain is 0", async () => {
  const none: Weights = { ...weights, floats: new Map([...weights.floats, ["out.gain", Float32Array.of(0)]]) };
  const engine = await createEnlarger(plain, none, { height: 5, width: 6 });
  expect(engine.enlarge(randomImage(5, 6, 1)).every((value) => value === 0)).toBe(true);
});

it("costs in proportion to the pixels", () => {
  const { macs } = enlargerCounts(1, 1);
  expect(enlargerCounts(7, 5).macs).toBe(35 * macs);
});

async function inOnnxruntime(file: Uint8Array, image: Float32Array, height: number, width: number): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(file, { executionProviders: ["wasm"] });
  const { added } = await session.run({ image: new ort.Tensor("float32", image, [1, 3, height, width]) });
  await session.release();
  return added.data as Float32Array;
}

describe("the enlarger's file", () => {
  it.each(["fp32", "int8"] as const)("has its weights: %s", (form) => {
    const weights = randomEnlarger(4, form);
    expect(readEnlarger(writeEnlarger(weights))).toEqual(weights);
  });

  it("gives onnxruntime the fp32 reference, of any size", async () => {
    const weights = randomEnlarger(4, "fp32");
    for (const [height, width] of SIZES) {
      const image = randomImage(height, width, 2);
      const received = await inOnnxruntime(writeEnlarger(weights), image, height, width);
      expect(largestDifference(received, referenceEnlarger(weights, height, width)(image))).toBeLessThan(1e-5);
    }
  });

  it("is carried by the library as it is in the repository, at most 150 KB", async () => {
    const stored = new Uint8Array(readFileSync(new URL("../../../wasm-model/models/enlarger/model.onnx", import.meta.url)));
    expect(await enlargerFile()).toEqual(stored);
    expect(writeEnlarger(readEnlarger(stored))).toEqual(stored);
    expect(stored.length).toBeLessThan(150e3);
  });
});
