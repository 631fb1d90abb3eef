/**
 * A shipped int8 file is what an export makes of the fp32 file beside it. `mnist` is of an earlier version, and
 * `fashion-mnist` was calibrated on its own images before its schedule had six evaluations.
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { readSource } from "../../training/export/source.ts";
import { calibrate } from "../../training/quantize/calibrate.ts";
import { quantizeWeights } from "../../training/quantize/quantize.ts";
import { writeModel } from "../../wasm-model/model/onnx/writer.ts";
import { sha256Hex } from "../../wasm-model/schema/bytes.ts";
import { onnxObserver } from "../support/onnx-probe.ts";

const MODELS = resolve(import.meta.dirname, "../../wasm-model/models");

it.each(["cifar10", "avatars"])("%s", async (name) => {
  const folder = join(MODELS, name);
  const { card, weights } = readSource(join(folder, "model-fp32.onnx"));
  const inputs = await calibrate(card, await onnxObserver({ card, weights }), { imagesPerClass: 4 });
  const file = writeModel({ card, weights: quantizeWeights(card.spec, weights, inputs) });
  expect(sha256Hex(file)).toBe(sha256Hex(readFileSync(join(folder, "model.onnx"))));
});
