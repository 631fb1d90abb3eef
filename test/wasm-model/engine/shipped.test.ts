import * as ort from "onnxruntime-web/wasm";
import { expect, it } from "vitest";
import { createEngine } from "../../../wasm-model/engine/engine.ts";
import { onnxruntime } from "../../../wasm-model/engine/onnxruntime.ts";
import { readModel } from "../../../wasm-model/model/onnx/reader.ts";
import { shippedModel } from "../../golden/golden.ts";
import { largestDifference, randomInput } from "../../support/random-model.ts";
import { VARIANTS } from "./modules.ts";

const file = shippedModel("fashion-mnist");

it("computes the shipped model as onnxruntime does, with the same bits from every build, in less than 8 MB of memory", async () => {
  const model = readModel(file);
  const engines = await Promise.all(VARIANTS.map(({ module, convolution }) => createEngine(module, model, convolution)));
  for (const { kernels } of engines) expect(kernels.memory.buffer.byteLength).toBeLessThan(8e6);
  const oracle = await onnxruntime({ ort }).load(readModel(file));
  const errors: number[] = [];
  for (const sigma of [0.05, 0.3, 1, 5, 20]) {
    const { x, labels } = randomInput(model.card.spec, 1, sigma, 5);
    const [first, ...others] = engines.map((engine) => engine.denoise(x, sigma, labels).slice());
    for (const other of others) expect(other).toEqual(first);
    errors.push(largestDifference(first, await oracle.denoise(x, sigma, labels)));
  }
  errors.sort((a, b) => a - b);
  // Both round in float32, in different orders. Mostly no code differs; where a value lies in the middle between two codes,
  // one may, and pixels differ by up to some hundredths of the data range.
  expect(errors[0]).toBeLessThan(1e-5);
  expect(errors[4]).toBeLessThan(5e-2);
});
