import * as ort from "onnxruntime-web/wasm";
import { describe, expect, it } from "vitest";
import { chooseBackend } from "../../../training/backend/index.ts";
import { imagePsnr, maxErrorAgainstTensorflow } from "../../../training/export/verify.ts";
import { onnxruntime } from "../../../wasm-model/engine/onnxruntime.ts";
import type { Denoiser } from "../../../wasm-model/model/model.ts";
import { readModel } from "../../../wasm-model/model/onnx/reader.ts";
import { writeModel } from "../../../wasm-model/model/onnx/writer.ts";
import { cardOf, randomModel, TINY } from "../../support/random-model.ts";

/** float32 against float64. */
const FP32_TOLERANCE = 1e-5;

const fp32 = randomModel(TINY, 2, "fp32");
const card = cardOf(TINY);

/** D is the same constant for every image. */
const constant = (value: number): Denoiser => ({ spec: TINY, denoise: (x) => new Float32Array(x.length).fill(value), dispose() {} });

describe("imagePsnr", () => {
  it("is 10 log10(range^2 / mean square), range 2", async () => {
    expect(await imagePsnr(card, constant(0.25), constant(0.15), 30)).toBeCloseTo(10 * Math.log10(4 / 0.01), 4);
    expect(await imagePsnr(card, constant(0.25), constant(0.25), 30)).toBe(Number.POSITIVE_INFINITY);
  });

  it("calls `denoise` as a method, which a runtime's may be", async () => {
    class Constant implements Denoiser {
      readonly spec = TINY;
      readonly value = 0.25;
      denoise(x: Float32Array): Float32Array {
        return new Float32Array(x.length).fill(this.value);
      }
      dispose(): void {}
    }
    expect(await imagePsnr(card, new Constant(), constant(0.25), 3)).toBe(Number.POSITIVE_INFINITY);
  });
});

it("maxErrorAgainstTensorflow is small for onnxruntime, and large for another model", async () => {
  const { tf } = await chooseBackend("wasm");
  const tensors = tf.memory().numTensors;
  const runtime = onnxruntime({ ort });
  expect(await maxErrorAgainstTensorflow(tf, fp32, await runtime.load(readModel(writeModel(fp32))))).toBeLessThan(FP32_TOLERANCE);
  const other = await runtime.load(readModel(writeModel(randomModel(TINY, 3, "fp32"))));
  expect(await maxErrorAgainstTensorflow(tf, fp32, other)).toBeGreaterThan(0.01);
  expect(tf.memory().numTensors).toBe(tensors);
});
