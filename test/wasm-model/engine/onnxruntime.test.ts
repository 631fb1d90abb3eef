/** Models in onnxruntime, by which all interpreters are tested. */

import { describe, expect, it } from "vitest";
import { simd } from "../../../wasm-model/engine/simd.ts";
import type { Denoiser } from "../../../wasm-model/model/model.ts";
import { readModel } from "../../../wasm-model/model/onnx/reader.ts";
import { writeModel } from "../../../wasm-model/model/onnx/writer.ts";
import { oracleFinisher, oracle as runtime } from "../../support/oracle.ts";
import { randomImage, withFinishers } from "../../support/random-finisher.ts";
import {
  DEEP,
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

interface Difference {
  readonly largest: number;
  readonly rms: number;
}

function difference(a: Float32Array, b: Float32Array): Difference {
  expect(a.length).toBe(b.length);
  const errors = a.map((value, i) => value - b[i]);
  return {
    largest: errors.reduce((max, e) => Math.max(max, Math.abs(e)), 0),
    rms: Math.sqrt(errors.reduce((sum, e) => sum + e * e, 0) / errors.length),
  };
}

/** The worst difference between two denoisers over noise levels, two images each. */
async function worstDifference(a: Denoiser, b: Denoiser, sigmas: readonly number[]): Promise<Difference> {
  let worst: Difference = { largest: 0, rms: 0 };
  for (const sigma of sigmas) {
    const { x, labels } = randomInput(a.spec, 2, sigma, 11);
    const { largest, rms } = difference(await a.denoise(x, sigma, labels), await b.denoise(x, sigma, labels));
    worst = { largest: Math.max(worst.largest, largest), rms: Math.max(worst.rms, rms) };
  }
  return worst;
}

describe.each([
  ["8x8", TINY, SIGMAS],
  ["28x28", SMALL, [1]],
  ["8x8, unconditional", UNCONDITIONAL, [1]],
  ...Object.entries(DEEP).map(([name, spec]) => [name, spec, [0.3, 4]] as const),
] as const)("onnxruntime on a random network, %s", (_, spec, sigmas) => {
  it("is close in int8 to what it is in fp32, but not the same", async () => {
    const [int8, fp32] = await Promise.all(
      (["int8", "fp32"] as const).map((form) => runtime.load(readModel(randomModelFile(spec, 5, form)))),
    );
    const { rms } = await worstDifference(int8, fp32, sigmas);
    expect(rms).toBeLessThan(QUANTIZATION_RMS);
    expect(rms).toBeGreaterThan(1e-4);
  });
});

it("onnxruntime computes with a file to train from what it does with the model, but for the rounding of weights", async () => {
  const [half, whole] = await Promise.all(
    [readModel(randomModelFile(SMALL, 5, "half")), readModel(randomModelFile(SMALL, 5, "fp32"))].map(runtime.load),
  );
  const { largest } = await worstDifference(half, whole, SIGMAS);
  expect(largest).toBeGreaterThan(FP32_TOLERANCE);
  expect(largest).toBeLessThan(0.01);
});

it("onnxruntime enlarges as our engine does: where a code differs, by one, values differ by some hundredths", async () => {
  const model = randomModel(TINY, 5, "int8");
  for (const contents of [model, withFinishers(model, 6, "enlarger")]) {
    const file = readModel(writeModel(contents));
    const [ours, theirs] = [await simd.load(file), await runtime.load(file)];
    const image = randomImage(TINY.height, TINY.width, 3);
    const { largest, rms } = difference(await theirs.enlarge(image), await ours.enlarge(image));
    expect(largest).toBeLessThan(0.1);
    expect(rms).toBeLessThan(5e-3);
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
