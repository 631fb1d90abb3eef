/** The images of the shipped int8 models beside those of the networks that they were made from. */
import { readFileSync } from "node:fs";
import * as ort from "onnxruntime-web/wasm";
import { expect, it } from "vitest";
import { imagePsnr } from "../../training/export/verify.ts";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import { onnxruntime } from "../../wasm-model/runtime/onnxruntime.ts";

const IMAGES = 100;
const runtime = onnxruntime({ ort });
const fileOf = (model: string, name: string) =>
  new Uint8Array(readFileSync(new URL(`../../wasm-model/models/${model}/${name}`, import.meta.url)));

/** Least PSNR in dB. Digits are black and white: the same small shift of an outline weighs more. */
it.each([
  ["fashion-mnist", 30],
  ["mnist", 26],
  ["avatars", 31],
  ["cifar10", 34],
])(`draws ${IMAGES} images of %s in int8 like those of fp32, to %d dB`, async (model, minPsnr) => {
  const [fp32, int8] = [fileOf(model, "model-fp32.onnx"), fileOf(model, "model.onnx")];
  const psnr = await imagePsnr(readModel(int8).card, await runtime.load(readModel(fp32)), await runtime.load(readModel(int8)), IMAGES);
  expect(psnr).toBeGreaterThan(minPsnr);
});
