/**
 * The chain of oracles on the models that are shipped: onnxruntime <-> reference, fp32 and int8; and
 * the images of the int8 files beside those of the networks that they were made from.
 */
import { readFileSync } from "node:fs";
import * as ort from "onnxruntime-web/wasm";
import { describe, expect, it } from "vitest";
import { imagePsnr } from "../../training/export/psnr.ts";
import { onnxruntime } from "../../wasm-model/engine/onnxruntime.ts";
import type { Denoiser } from "../../wasm-model/model/model.ts";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import { referenceDenoiser } from "../../wasm-model/network/reference.ts";
import { randomInput } from "../support/random-model.ts";

/** float32 sums in another order, through some forty layers. */
const FP32_TOLERANCE = 1e-4;
/** RMS where no code differs. */
const INT8_TOLERANCE = 1e-6;
/**
 * RMS where two interpreters round a value at the border of two codes differently: the code's whole step goes through
 * the layers that follow.
 */
const FLIPPED_TOLERANCE = 0.02;
/** Two images each, until one has no value at such a border; at least two seeds. */
const INT8_SEEDS = [0, 1, 2, 3, 4, 5];
/** From almost clean to almost only noise. */
const SIGMAS = [0.05, 1, 20];

const runtime = onnxruntime({ ort });

/** Read within each test: one that misses its file fails by name. */
function readShipped(model: string, name: "model.onnx" | "model-fp32.onnx") {
  const file = new Uint8Array(readFileSync(new URL(`../../wasm-model/models/${model}/${name}`, import.meta.url)));
  const { card, weights } = readModel(file);
  return { card, weights, load: () => runtime.load(readModel(file)), reference: () => referenceDenoiser(card.spec, weights) };
}

/** Of two images at once: the largest of all, and the root mean square of each. */
async function errors(a: Denoiser, b: Denoiser, sigma: number, seed = 3): Promise<{ largest: number; rms: number[] }> {
  const { x, labels } = randomInput(a.spec, 2, sigma, seed);
  const [values, expected] = [await a.denoise(x, sigma, labels), await b.denoise(x, sigma, labels)];
  const differences = Array.from(values, (value, i) => Math.abs(value - expected[i]));
  const half = differences.length / 2;
  const rms = [differences.slice(0, half), differences.slice(half)].map((image) =>
    Math.sqrt(image.reduce((sum, d) => sum + d * d, 0) / half),
  );
  return { largest: Math.max(...differences), rms };
}

/**
 * By model: its data set and the licence of that, its network, the least images that it was trained on, and the least PSNR of int8
 * in dB. Digits are black and white: the same small shift of an outline weighs more.
 */
describe.each([
  ["fashion-mnist", "fashion-mnist", "MIT", "m32", 2_000_000, 30],
  ["mnist", "mnist", "CC-BY-SA-3.0", "s32", 2_000_000, 26],
  ["avatars", "avatars", "CC0 1.0 (DiceBear)", "s32x3", 800_000, 31],
  ["cifar10", "cifar10-jpeg.tar.gz", "unknown", "s32x3", 5_400_000, 34],
])("the shipped model %s", (name, data, dataLicence, network, images, psnr) => {
  const shipped = (file: "model.onnx" | "model-fp32.onnx") => readShipped(name, file);

  it("exists and describes itself", () => {
    const { card } = shipped("model.onnx");
    expect(card).toEqual(shipped("model-fp32.onnx").card);
    expect(card).toMatchObject({ name, training: { data, dataLicence, network } });
    expect(card.training.images + (card.training.from?.images ?? 0)).toBeGreaterThanOrEqual(images);
  });

  it.each(SIGMAS)("gives in onnxruntime what the reference gives, fp32, at sigma %f", async (sigma) => {
    const fp32 = shipped("model-fp32.onnx");
    const { largest } = await errors(await fp32.load(), fp32.reference(), sigma);
    expect(largest).toBeLessThan(FP32_TOLERANCE);
  });

  it.each(SIGMAS)("gives in onnxruntime what the reference gives, int8, at sigma %f", async (sigma) => {
    const int8 = shipped("model.onnx");
    const [loaded, reference] = [await int8.load(), int8.reference()];
    const rms: number[] = [];
    for (const seed of INT8_SEEDS) {
      rms.push(...(await errors(loaded, reference, sigma, seed)).rms);
      if (rms.length >= 4 && Math.min(...rms) < INT8_TOLERANCE) break; // the reference takes seconds an image
    }
    expect(Math.min(...rms)).toBeLessThan(INT8_TOLERANCE);
    expect(Math.max(...rms)).toBeLessThan(FLIPPED_TOLERANCE);
  });

  it("draws in int8 what fp32 draws", async () => {
    const [fp32, int8] = [shipped("model-fp32.onnx"), shipped("model.onnx")];
    const [a, b] = [await fp32.load(), await int8.load()];
    const found = await imagePsnr(
      int8.card,
      (...input) => a.denoise(...input),
      (...input) => b.denoise(...input),
      100,
    );
    expect(found).toBeGreaterThan(psnr);
  });
});
