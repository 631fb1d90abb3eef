import { describe, expect, it } from "vitest";
import { calibrate } from "../../../training/export/calibrate.ts";
import { openProbe } from "../../../training/export/probe.ts";
import { draw } from "../../../training/network/draw.ts";
import { cardOf, randomModel, TINY } from "../../support/random-model.ts";

const fp32 = randomModel(TINY, 2, "fp32");
const card = cardOf(TINY);

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
    const [min, max] = ranges.get("out") as readonly [number, number];
    expect(low).toBeLessThan(-1);
    expect(min).toBeLessThanOrEqual(low);
    expect(max).toBeGreaterThanOrEqual(high);
  });
});
