/** The exporter judged by another runtime: a file in onnxruntime-web is the network that TensorFlow.js has trained. Of shipped models: slow/shipped-model.test.ts. */
import * as ort from "onnxruntime-web/wasm";
import { expect, it } from "vitest";
import { draw, shownClasses } from "../../../training/network/draw.ts";
import { placeWeights, tensorDenoiser } from "../../../training/network/score-network.ts";
import { onnxruntime } from "../../../wasm-model/engine/onnxruntime.ts";
import { readModel } from "../../../wasm-model/model/onnx/reader.ts";
import { writeModel } from "../../../wasm-model/model/onnx/writer.ts";
import type { Denoise } from "../../../wasm-model/sampling/sampler.ts";
import { largestDifference, randomModel, TINY, UNCONDITIONAL } from "../../support/random-model.ts";
import { wasmBackend } from "../../support/wasm-backend.ts";

/** float32 sums in another order, through up to forty layers. */
const TOLERANCE = 1e-4;

const tf = await wasmBackend();
const runtime = onnxruntime({ ort });
const random = (spec: typeof TINY, seed: number) => readModel(writeModel(randomModel(spec, seed, "fp32")));

/** The largest difference between a file in onnxruntime-web and a network, at what its sampler asks for images of each class. */
async function largestError(file: ReturnType<typeof readModel>, network = file): Promise<number> {
  const { card } = file;
  const denoiser = await runtime.load(file);
  const tensors = placeWeights(tf, card.spec, network.weights.floats);
  const expected = tensorDenoiser(tf, card.spec, tensors);
  let error = 0;
  const compared: Denoise = async (...input) => {
    const result = await denoiser.denoise(...input);
    error = Math.max(error, largestDifference(result, await expected(...input)));
    return result;
  };
  await draw(card, compared, { classes: shownClasses(card.labels.length), seed: "compared" });
  tf.dispose([...tensors.values()]);
  await denoiser.dispose();
  return error;
}

it.each([
  ["a random network", () => random(TINY, 2)],
  ["one in colour, wider than high", () => random({ ...TINY, channels: 3, width: 12 }, 3)],
  ["one of a single class", () => random(UNCONDITIONAL, 4)],
] as const)("of %s", async (_, file) => {
  expect(await largestError(file())).toBeLessThan(TOLERANCE);
});

it("and no other one", async () => {
  expect(await largestError(random(TINY, 2), random(TINY, 3))).toBeGreaterThan(0.01);
});
