import * as ort from "onnxruntime-web/wasm";
import { describe, expect, it } from "vitest";
import { chooseBackend } from "../../../training/backend/index.ts";
import { calibrate } from "../../../training/export/calibrate.ts";
import { openProbe } from "../../../training/export/probe.ts";
import { imagePsnr, layerErrors, maxErrorAgainstTensorflow } from "../../../training/export/verify.ts";
import { draw } from "../../../training/network/draw.ts";
import { writeModel } from "../../../wasm-model/model/onnx/writer.ts";
import { quantizedPathsOf } from "../../../wasm-model/network/count.ts";
import { scoreNetwork } from "../../../wasm-model/network/network.ts";
import { Reference, referenceDenoiser, type Tensor } from "../../../wasm-model/network/reference.ts";
import type { Denoiser } from "../../../wasm-model/runtime/denoiser.ts";
import { onnxruntime } from "../../../wasm-model/runtime/onnxruntime.ts";
import { cardOf, randomInput, randomModel, TINY } from "../../support/random-model.ts";

/** float32 against float64. */
const FP32_TOLERANCE = 1e-5;

const fp32 = randomModel(TINY, 2, "fp32");
const card = cardOf(TINY);

/** D is the same constant for every image. */
const constant = (value: number): Denoiser => ({ spec: TINY, denoise: (x) => new Float32Array(x.length).fill(value), dispose() {} });

describe("draw", () => {
  it("gives an image the same pixels alone and in a batch, and other pixels to another seed or class", async () => {
    const { denoise } = referenceDenoiser(TINY, fp32.weights);
    const one = (classes: (number | undefined)[], seed = "a") => draw(card, denoise, { classes, seed });
    const alone = await one([1]);
    const batch = await one([1, undefined]);
    expect(batch.subarray(0, alone.length)).toEqual(alone);
    expect(await one([2])).not.toEqual(alone);
    expect(await one([1], "b")).not.toEqual(alone);
  });
});

describe("openProbe", () => {
  it("observes what the reference reads and writes", async () => {
    const seen = new Map<string, Float64Array>();
    class Watching extends Reference {
      override quantize(x: Tensor, path: string, bound: number | undefined): Tensor {
        const read = super.quantize(x, path, bound);
        seen.set(path, read.data);
        return read;
      }
    }
    const { x, labels } = randomInput(TINY, 1, 1, 3);
    scoreNetwork(new Watching(fp32.weights), TINY, {
      x: { shape: [1, 1, 8, 8], data: Float64Array.from(x) },
      sigma: { shape: [1, 1], data: Float64Array.of(1) },
      label: { shape: [1, 3], data: Float64Array.from(labels) },
    });
    const probe = await openProbe(fp32);
    const { inputs, outputs } = await probe.observe(x, 1, labels);
    await probe.dispose();
    expect([...inputs.keys()]).toEqual(quantizedPathsOf(TINY));
    expect([...outputs.keys()]).toEqual(quantizedPathsOf(TINY));
    for (const [path, values] of inputs) {
      const expected = seen.get(path) as Float64Array;
      expect(values.every((value, i) => Math.abs(value - expected[i]) < FP32_TOLERANCE)).toBe(true);
    }
  });
});

describe("calibrate", () => {
  it("sees at least what one of its trajectories passes through", async () => {
    const ranges = await calibrate(fp32, { imagesPerClass: 1 });
    const probe = await openProbe(fp32);
    let [low, high] = [0, 0];
    const observe = async (x: Float32Array, sigma: number, labels: Float32Array): Promise<Float32Array> => {
      const { denoised, inputs } = await probe.observe(x, sigma, labels);
      for (const value of inputs.get("out") as Float32Array) [low, high] = [Math.min(low, value), Math.max(high, value)];
      return denoised;
    };
    await draw(card, observe, { classes: [0, 1, 2, undefined], seed: "calibration/0/0" });
    const [min, max] = ranges.inputs.get("out") as readonly [number, number];
    expect(low).toBeLessThan(-1);
    expect(min).toBeLessThanOrEqual(low);
    expect(max).toBeGreaterThanOrEqual(high);
  });
});

describe("imagePsnr", () => {
  it("is 10 log10(range^2 / mean square), range 2", async () => {
    expect(await imagePsnr(card, constant(0.25), constant(0.15), 30)).toBeCloseTo(10 * Math.log10(4 / 0.01), 4);
    expect(await imagePsnr(card, constant(0.25), constant(0.25), 30)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("maxErrorAgainstTensorflow", () => {
  it("is small for onnxruntime, and finds a model that is another", async () => {
    const { tf } = await chooseBackend("wasm");
    const tensors = tf.memory().numTensors;
    const runtime = onnxruntime({ ort });
    expect(await maxErrorAgainstTensorflow(tf, fp32, await runtime.load(writeModel(fp32)))).toBeLessThan(FP32_TOLERANCE);
    const other = await runtime.load(writeModel(randomModel(TINY, 3, "fp32")));
    expect(await maxErrorAgainstTensorflow(tf, fp32, other)).toBeGreaterThan(0.01);
    expect(tf.memory().numTensors).toBe(tensors);
  });
});

describe("layerErrors", () => {
  it("tells each convolution's noise, which grows from the filters to what is written", async () => {
    const layers = await layerErrors(fp32, randomModel(TINY, 2, "int8"));
    expect(layers.map(({ path }) => path)).toEqual(quantizedPathsOf(TINY));
    for (const { filters, output, range, zeroPoint } of layers) {
      expect(filters).toBeGreaterThan(35);
      expect(output).toBeGreaterThan(15);
      expect(output).toBeLessThan(filters);
      expect(range[0] * (127 - zeroPoint)).toBeCloseTo(-range[1] * zeroPoint, 6);
    }
  });
});
