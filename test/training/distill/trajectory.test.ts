import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { drawTensors } from "../../../training/distill/trajectory.ts";
import { langevin } from "../../../wasm-model/sampling/langevin.ts";
import { gaussians, seedState } from "../../../wasm-model/sampling/random.ts";
import { runSampler } from "../../../wasm-model/sampling/run.ts";

const SIZE = 5;
/** Of a Gaussian of standard deviation 0.7. */
const factor = (sigma: number) => 0.49 / (0.49 + sigma * sigma);

beforeAll(async () => {
  await tf.setBackend("cpu");
});

describe("drawTensors", () => {
  it.each([
    ["four steps", { sigmas: [20, 3, 0.4, 0.1], churn: [0.8, 0, 1], extrapolation: [1.5, 1.8, 1.1] }],
    ["one step", { sigmas: [20], churn: [], extrapolation: [] }],
  ])("draws over tensors what langevin draws over arrays: %s", async (_, schedule) => {
    const state = seedState("trajectory");
    const noise = (_image: number, draw: number, out: Float32Array) => gaussians(state, draw, out);
    const sampler = langevin({ ...schedule, images: 1, imageSize: SIZE, noise });
    const expected = await runSampler(sampler, (x, sigma) => x.map((value) => factor(sigma) * value));
    const draws = schedule.sigmas.map((_, i) => {
      const z = new Float32Array(SIZE);
      gaussians(state, i, z);
      return tf.tensor1d(z);
    });
    const received = drawTensors(tf, (x, sigma) => tf.mul(x, factor(sigma)), schedule, draws).dataSync();
    received.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 4);
    });
  });
});
