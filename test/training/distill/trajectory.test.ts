import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { drawTensors } from "../../../training/distill/trajectory.ts";
import { type Schedule, scheduledLangevin } from "../../../training/schedule.ts";
import { gaussians, seedState } from "../../../wasm-model/random.ts";
import { langevin } from "../../../wasm-model/sampler/langevin.ts";
import { runSampler } from "../../../wasm-model/sampler/run.ts";

const SCHEDULE: Schedule = { sigmas: [20, 3, 0.4, 0.1], churn: [0.8, 0, 1], extrapolation: [1.5, 1.8, 1.1] };
const SIZE = 5;
const state = seedState("trajectory");
const noise = (_: number, draw: number, out: Float32Array) => gaussians(state, draw, out);
const batch = { images: 1, imageSize: SIZE, noise };
/** Of a Gaussian of standard deviation 0.7. */
const factor = (sigma: number) => 0.49 / (0.49 + sigma * sigma);
const run = (sampler: ReturnType<typeof langevin>) => runSampler(sampler, (x, sigma) => x.map((v) => factor(sigma) * v));

beforeAll(async () => {
  await tf.setBackend("cpu");
});

describe("a schedule's sampler", () => {
  it("is langevin, bit for bit, where every step has the same settings and the last one does not extrapolate", async () => {
    const { sigmas } = SCHEDULE;
    const schedule = { sigmas, churn: [0.7, 0.7, 0.7], extrapolation: [1.6, 1.6, 1] };
    expect(await run(scheduledLangevin(schedule, batch))).toEqual(
      await run(langevin({ sigmas, churn: 0.7, extrapolation: 1.6, ...batch })),
    );
  });

  it("draws over tensors what it draws over arrays", async () => {
    const expected = await run(scheduledLangevin(SCHEDULE, batch));
    const draws = SCHEDULE.sigmas.map((_, i) => {
      const z = new Float32Array(SIZE);
      gaussians(state, i, z);
      return tf.tensor1d(z);
    });
    const received = drawTensors(tf, (x, sigma) => tf.mul(x, factor(sigma)), SCHEDULE, draws).dataSync();
    received.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 4);
    });
  });
});
