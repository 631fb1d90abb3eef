/**
 * The chain of oracles on the models that are shipped: onnxruntime <-> TensorFlow.js in fp32 and <-> our engine in int8; and
 * the images of the int8 files beside those of the networks that they were made from.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { chooseBackend } from "../../training/backend/index.ts";
import { roundingError } from "../../training/finishing/quantized.ts";
import { placeWeights, tensorDenoiser } from "../../training/network/score-network.ts";
import { MOST_ROUNDING } from "../../training/run/end.ts";
import { simd } from "../../wasm-model/engine/simd.ts";
import type { Denoiser } from "../../wasm-model/model/model.ts";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import { oracle } from "../support/oracle.ts";
import { randomInput } from "../support/random-model.ts";

/** float32 sums in another order, through some forty layers. */
const FP32_TOLERANCE = 1e-4;
/** RMS where no code differs. */
const INT8_TOLERANCE = 1e-6;
/**
 * RMS where two interpreters round a value at the border of two codes differently, of the worst of twelve images: the code's
 * whole step goes through the layers that follow.
 */
const FLIPPED_TOLERANCE = 0.03;
/** Two images each, of which one at least has no value at such a border. */
const INT8_SEEDS = [0, 1, 2, 3, 4, 5];
/** From almost clean to almost only noise. */
const SIGMAS = [0.05, 1, 20];

/** Read within each test: one that misses its file fails by name. */
function readShipped(model: string, name: "model.onnx" | "model-fp32.onnx") {
  const file = new Uint8Array(readFileSync(new URL(`../../wasm-model/models/${model}/${name}`, import.meta.url)));
  const read = readModel(file);
  return { ...read, load: () => oracle.load(read) };
}

type Network = Pick<Denoiser, "spec" | "denoise">;

/** Of two images at once: the largest of all, and the root mean square of each. */
async function errors(a: Network, b: Network, sigma: number, seed = 3): Promise<{ largest: number; rms: number[] }> {
  const { x, labels } = randomInput(a.spec, 2, sigma, seed);
  const [values, expected] = [await a.denoise(x, sigma, labels), await b.denoise(x, sigma, labels)];
  const differences = Array.from(values, (value, i) => Math.abs(value - expected[i]));
  const half = differences.length / 2;
  const rms = [differences.slice(0, half), differences.slice(half)].map((image) =>
    Math.sqrt(image.reduce((sum, d) => sum + d * d, 0) / half),
  );
  return { largest: Math.max(...differences), rms };
}

describe.each(["fashion-mnist", "mnist", "avatars", "pixels", "cifar10"])("the shipped model %s", (name) => {
  const shipped = (file: "model.onnx" | "model-fp32.onnx") => readShipped(name, file);

  it("has one card in both forms", () => expect(shipped("model.onnx").card).toEqual(shipped("model-fp32.onnx").card));

  it.each(SIGMAS)("gives in onnxruntime what TensorFlow.js gives, fp32, at sigma %f", async (sigma) => {
    const { card, weights, load } = shipped("model-fp32.onnx");
    const { tf } = await chooseBackend("wasm");
    const denoise = tensorDenoiser(tf, card.spec, placeWeights(tf, card.spec, weights.floats));
    const { largest } = await errors(await load(), { spec: card.spec, denoise }, sigma);
    expect(largest).toBeLessThan(FP32_TOLERANCE);
  });

  it.each(SIGMAS)("gives in onnxruntime what our engine gives, int8, at sigma %f", async (sigma) => {
    const int8 = shipped("model.onnx");
    const [theirs, ours] = [await int8.load(), await simd.load(int8)];
    const rms: number[] = [];
    for (const seed of INT8_SEEDS) rms.push(...(await errors(theirs, ours, sigma, seed)).rms);
    expect(Math.min(...rms)).toBeLessThan(INT8_TOLERANCE);
    expect(Math.max(...rms)).toBeLessThan(FLIPPED_TOLERANCE);
  });

  it("denoises in int8 what fp32 denoises: a good export is far below the limit of bad ones", async () => {
    const [fp32, int8] = [shipped("model-fp32.onnx"), shipped("model.onnx")];
    const [a, b] = [await fp32.load(), await int8.load()];
    const found = await roundingError(
      int8.card,
      (...input) => a.denoise(...input),
      (...input) => b.denoise(...input),
    );
    expect(found).toBeLessThan(MOST_ROUNDING / 3);
  });
});
