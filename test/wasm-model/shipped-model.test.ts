/** The chain of oracles on the model that is shipped: TensorFlow.js <-> onnxruntime <-> reference, fp32 and int8. */
import { readFileSync } from "node:fs";
import * as ort from "onnxruntime-web/wasm";
import { describe, expect, it } from "vitest";
import { imagePsnr, maxErrorAgainstTensorflow } from "../../training/export/verify.ts";
import { readModel } from "../../wasm-model/onnx/reader.ts";
import { referenceDenoiser } from "../../wasm-model/reference/reference.ts";
import type { Denoiser } from "../../wasm-model/runtime/denoiser.ts";
import { onnxruntime } from "../../wasm-model/runtime/onnxruntime.ts";
import { randomInput } from "../support/random-model.ts";
import { wasmBackend } from "../support/wasm-backend.ts";

/** float32 sums in another order, through some forty layers. */
const FP32_TOLERANCE = 1e-4;
/** Where two interpreters round a value at the border of two codes differently, the code's whole step goes through the layers that follow. */
const INT8_TOLERANCE_RMS = 5e-3;
const MIN_PSNR = 30;

const fileOf = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../wasm-model/models/fashion-mnist/${name}`, import.meta.url)));
const runtime = onnxruntime({ ort });
const fp32 = { file: fileOf("model-fp32.onnx"), ...readModel(fileOf("model-fp32.onnx")) };
const int8 = { file: fileOf("model.onnx"), ...readModel(fileOf("model.onnx")) };

async function errors(a: Denoiser, b: Denoiser, sigma: number): Promise<{ largest: number; rms: number }> {
  const { x, labels } = randomInput(a.spec, 2, sigma, 3);
  const [values, expected] = [await a.denoise(x, sigma, labels), await b.denoise(x, sigma, labels)];
  const differences = Array.from(values, (value, i) => Math.abs(value - expected[i]));
  return { largest: Math.max(...differences), rms: Math.sqrt(differences.reduce((sum, d) => sum + d * d, 0) / differences.length) };
}

describe("the shipped model", () => {
  it("knows what it is", () => {
    expect(int8.card).toEqual(fp32.card);
    expect(int8.card).toMatchObject({ name: "fashion-mnist", training: { data: "fashion-mnist", dataLicence: "MIT", preset: "m32" } });
    expect(int8.card.training.images).toBeGreaterThanOrEqual(2_000_000);
  });

  it("gives in onnxruntime what the reference gives, fp32", async () => {
    const { largest } = await errors(await runtime.load(fp32.file), referenceDenoiser(fp32.card.spec, fp32.weights), 1);
    expect(largest).toBeLessThan(FP32_TOLERANCE);
  });

  it("gives in onnxruntime what the reference gives, int8", async () => {
    const { rms } = await errors(await runtime.load(int8.file), referenceDenoiser(int8.card.spec, int8.weights), 1);
    expect(rms).toBeLessThan(INT8_TOLERANCE_RMS);
  });

  it("gives in onnxruntime what TensorFlow.js gives", async () => {
    const tf = await wasmBackend();
    expect(await maxErrorAgainstTensorflow(tf, fp32, await runtime.load(fp32.file))).toBeLessThan(FP32_TOLERANCE);
  });

  it(`draws in int8 what it draws in fp32, to ${MIN_PSNR} dB`, async () => {
    const psnr = await imagePsnr(int8.card, await runtime.load(fp32.file), await runtime.load(int8.file), 20);
    expect(psnr).toBeGreaterThan(MIN_PSNR);
  });
});
