/** Models in onnxruntime, by which all interpreters are tested. */

import * as ort from "onnxruntime-web/wasm";
import { describe, expect, it, vi } from "vitest";
import { onnxruntime } from "../../../wasm-model/engine/onnxruntime.ts";
import { simd } from "../../../wasm-model/engine/simd.ts";
import { readModel } from "../../../wasm-model/model/onnx/reader.ts";
import { writeModel } from "../../../wasm-model/model/onnx/writer.ts";
import type { NetworkSpec } from "../../../wasm-model/network/spec.ts";
import { oracleFinisher, oracle as runtime } from "../../support/oracle.ts";
import { randomImage, withFinishers } from "../../support/random-finisher.ts";
import {
  DEEP,
  type Form,
  largestDifference,
  randomInput,
  randomModel,
  randomModelFile,
  SMALL,
  TINY,
  UNCONDITIONAL,
} from "../../support/random-model.ts";

/** float32 sums in another order, through some forty layers. */
const FP32_TOLERANCE = 1e-5;
/** Seven-bit maps: some 35 dB below outputs of magnitude 0.5 in a small random network. */
const QUANTIZATION_RMS = 0.02;
const SIGMAS = [0.05, 0.3, 1, 4, 20];

/** The root mean square of the differences. */
const rms = (a: Float32Array, b: Float32Array): number => Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0) / a.length);

/** What models of both files make of the same images, two at each noise level. */
async function both(forms: readonly (Form | "half")[], spec: NetworkSpec, sigmas: readonly number[]) {
  const [one, other] = await Promise.all(forms.map((form) => runtime.load(readModel(randomModelFile(spec, 5, form)))));
  return Promise.all(
    sigmas.map(async (sigma) => {
      const { x, labels } = randomInput(spec, 2, sigma, 11);
      return [await one.denoise(x, sigma, labels), await other.denoise(x, sigma, labels)] as const;
    }),
  );
}

describe.each([
  ["8x8", TINY, SIGMAS],
  ["28x28", SMALL, [1]],
  ["8x8, unconditional", UNCONDITIONAL, [1]],
  ...Object.entries(DEEP).map(([name, spec]) => [name, spec, [0.3, 4]] as const),
] as const)("onnxruntime on a random network, %s", (_, spec, sigmas) => {
  it("is close in int8 to what it is in fp32, but not the same", async () => {
    const apart = Math.max(...(await both(["int8", "fp32"], spec, sigmas)).map((images) => rms(...images)));
    expect(apart).toBeLessThan(QUANTIZATION_RMS);
    expect(apart).toBeGreaterThan(1e-4);
  });
});

it("onnxruntime computes with a file to train from what it does with the model, but for the rounding of weights", async () => {
  const apart = Math.max(...(await both(["half", "fp32"], SMALL, SIGMAS)).map((images) => largestDifference(...images)));
  expect(apart).toBeGreaterThan(FP32_TOLERANCE);
  expect(apart).toBeLessThan(0.01);
});

it("onnxruntime enlarges as our engine does: where a code differs, by one, values differ by some hundredths", async () => {
  const model = randomModel(TINY, 5, "int8");
  for (const contents of [model, withFinishers(model, 6, "enlarger")]) {
    const file = readModel(writeModel(contents));
    const [ours, theirs] = [await simd.load(file), await runtime.load(file)];
    const image = randomImage(TINY.height, TINY.width, 3);
    const images = [await theirs.enlarge(image), await ours.enlarge(image)] as const;
    expect(largestDifference(...images)).toBeLessThan(0.1);
    expect(rms(...images)).toBeLessThan(5e-3);
  }
});

it("onnxruntime enlarges by the fp32 enlarger of an fp32 model, whose memory counts", async () => {
  const model = withFinishers(randomModel(TINY, 5, "fp32"), 6, "enlarger");
  const [own, shared] = [await runtime.load(readModel(writeModel(model))), await runtime.load(readModel(randomModelFile(TINY, 5, "fp32")))];
  const image = randomImage(TINY.height, TINY.width, 3);
  const expected = await oracleFinisher("enlarger", model.enlarger!, image, TINY);
  expect(largestDifference(await own.enlarge(image), expected)).toBeLessThan(FP32_TOLERANCE);
  expect(largestDifference(await shared.enlarge(image), expected)).toBeGreaterThan(0.1);
  expect(own.bytes! - shared.bytes!).toBeGreaterThan(6e6);
  await own.dispose();
  expect((await shared.enlarge(image)).length).toBe(16 * image.length);
});

it("onnxruntime enlarges after a time at which it could not", async () => {
  const { enlarge } = await onnxruntime({ ort }).load(readModel(randomModelFile(TINY, 5, "int8")));
  vi.spyOn(ort.InferenceSession, "create").mockRejectedValueOnce(new Error("no memory"));
  const image = randomImage(TINY.height, TINY.width, 3);
  await expect(enlarge(image)).rejects.toThrow("no memory");
  expect((await enlarge(image)).length).toBe(16 * image.length);
});

describe("a model in onnxruntime", () => {
  it("answers simultaneous calls and loads as if made in turn", async () => {
    const [a, b] = await Promise.all([
      runtime.load(readModel(randomModelFile(TINY, 1, "fp32"))),
      runtime.load(readModel(randomModelFile(TINY, 2, "int8"))),
    ]);
    const inputs = SIGMAS.map((sigma, i) => ({ sigma, ...randomInput(TINY, 2, sigma, i) }));
    const inTurn: Float32Array[] = [];
    for (const { x, sigma, labels } of inputs) inTurn.push(await a.denoise(x, sigma, labels), await b.denoise(x, sigma, labels));
    const atOnce = await Promise.all(inputs.flatMap(({ x, sigma, labels }) => [a.denoise(x, sigma, labels), b.denoise(x, sigma, labels)]));
    expect(atOnce).toEqual(inTurn);
  });
});
