import { describe, expect, it } from "vitest";
import { calibrate, openProbe } from "../../../training/export/calibrate.ts";
import { expectIn } from "../../../training/export/quantize.ts";
import { draw } from "../../../training/network/draw.ts";
import { quantizedPathsOf } from "../../../wasm-model/network/count.ts";
import { scoreNetwork } from "../../../wasm-model/network/network.ts";
import { ReferenceOps, type Tensor } from "../../../wasm-model/network/reference.ts";
import { cardOf, randomInput, randomModel, TINY } from "../../support/random-model.ts";

const fp32 = randomModel(TINY, 2, "fp32");
const card = cardOf(TINY);

describe("calibrate", () => {
  it("records at least the range of each of its trajectories", async () => {
    const reads = await calibrate(fp32, { imagesPerClass: 1 });
    const probe = await openProbe(fp32);
    let [low, high] = [0, 0];
    const observe = async (x: Float32Array, sigma: number, labels: Float32Array): Promise<Float32Array> => {
      const { denoised, inputs } = await probe.observe(x, sigma, labels);
      for (const value of inputs.get("out") as Float32Array) [low, high] = [Math.min(low, value), Math.max(high, value)];
      return denoised;
    };
    await draw(card, observe, { classes: [0, 1, 2, undefined], seed: "calibration/0/0" });
    const [min, max] = expectIn(reads, "out").range;
    expect(low).toBeLessThan(-1);
    expect(min).toBeLessThanOrEqual(low);
    expect(max).toBeGreaterThanOrEqual(high);
  });
});

/** float32 against float64. */
const FP32_TOLERANCE = 1e-5;

describe("openProbe", () => {
  it("observes what the reference reads and writes", async () => {
    const seen = new Map<string, Float64Array>();
    class Watching extends ReferenceOps {
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
