/**
 * A shipped int8 file is what an export makes of the fp32 file beside it. `mnist` is of an earlier version, and
 * `fashion-mnist` was calibrated on its own images before its schedule had six evaluations.
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { calibrate } from "../../training/quantize/calibrate.ts";
import { quantizeWeights } from "../../training/quantize/quantize.ts";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import { writeModel } from "../../wasm-model/model/onnx/writer.ts";
import { sha256Hex } from "../../wasm-model/schema/bytes.ts";
import { onnxObserver } from "../support/onnx-probe.ts";

const MODELS = resolve(import.meta.dirname, "../../wasm-model/models");

it.each(["cifar10", "avatars"])("%s", async (name) => {
  const folder = join(MODELS, name);
  const { card, weights } = readModel(readFileSync(join(folder, "model-fp32.onnx")));
  const inputs = await calibrate(card, await onnxObserver({ card, weights }), { imagesPerClass: 4 });
  const remade = quantizeWeights(card.spec, weights, inputs);
  expect(sha256Hex(writeModel({ card, weights: remade }))).toBe(sha256Hex(writeModel(readModel(readFileSync(join(folder, "model.onnx")))))); // the file is of format 2
});
