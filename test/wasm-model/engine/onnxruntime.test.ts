/** Models in onnxruntime, by which all interpreters are tested. */

import * as ort from "onnxruntime-web/wasm";
import { expect, it, vi } from "vitest";
import { onnxruntime } from "../../../wasm-model/engine/onnxruntime.ts";
import { simd } from "../../../wasm-model/engine/simd.ts";
import { readModel } from "../../../wasm-model/model/onnx/reader.ts";
import { writeModel } from "../../../wasm-model/model/onnx/writer.ts";
import { oracleFinisher, oracle as runtime } from "../../support/oracle.ts";
import {
  largestDifference,
  randomImage,
  randomInput,
  randomModel,
  randomModelFile,
  TINY,
  withFinishers,
} from "../../support/random-model.ts";

/** float32 sums in another order, through some forty layers. */
const FP32_TOLERANCE = 1e-5;
const SIGMAS = [0.05, 0.3, 1, 4, 20];

/** The root mean square of the differences. */
const rms = (a: Float32Array, b: Float32Array): number => Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0) / a.length);

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

it("onnxruntime answers simultaneous calls and loads as if made in turn", async () => {
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
