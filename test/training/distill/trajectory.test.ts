import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { drawTensors, startTensor } from "../../../training/distill/trajectory.ts";
import type { NetworkSpec } from "../../../wasm-model/network/spec.ts";
import { startImage } from "../../../wasm-model/sampling/gaussian-start.ts";
import { langevin } from "../../../wasm-model/sampling/langevin.ts";
import { gaussians, seedState } from "../../../wasm-model/sampling/random.ts";
import { runSampler } from "../../../wasm-model/sampling/run.ts";
import type { Schedule } from "../../../wasm-model/sampling/settings.ts";
import { TINY } from "../../support/random-model.ts";
import { smallStart } from "../../support/schedules.ts";

const SIZE = 5;
const IMAGE: NetworkSpec = { ...TINY, height: 8, width: 12, channels: 3 };
/** Of a Gaussian of standard deviation 0.7. */
const factor = (sigma: number) => 0.49 / (0.49 + sigma * sigma);

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const start = { squares: 1, spread: 1, extrapolation: 1.4, means: [[0.2]], factor: [1] };
/** Of schedules with a start: what images begin with beside noise, and what is expected of them. */
const [BEGUN, EXPECTED] = [0.5, 0.2];

describe("drawTensors", () => {
  it.each([
    ["four steps", { sigmas: [20, 3, 0.4, 0.1], churn: [0.8, 0, 1], extrapolation: [1.5, 1.8, 1.1] }],
    ["one step", { sigmas: [20], churn: [], extrapolation: [] }],
    ["four steps from a start", { sigmas: [8, 3, 0.4, 0.1], churn: [0.8, 0, 1], extrapolation: [1.5, 1.8, 1.1], start }],
    ["one step from a start", { sigmas: [8], churn: [], extrapolation: [], start }],
  ] as [string, Schedule][])("draws over tensors what langevin draws over arrays: %s", async (_, { start, ...schedule }) => {
    const state = seedState("trajectory");
    const [sigma] = schedule.sigmas;
    const noise = (_image: number, draw: number, out: Float32Array) => {
      gaussians(state, draw, out);
      if (start && draw === 0) for (let i = 0; i < out.length; i++) out[i] += BEGUN / sigma;
    };
    const from = start && { start, expected: new Float32Array(SIZE).fill(EXPECTED) };
    const sampler = langevin({ ...schedule, images: 1, imageSize: SIZE, noise, ...from });
    const expected = await runSampler(sampler, (x, level) => x.map((value) => factor(level) * value));
    const draws = schedule.sigmas.map((_, i) => {
      const z = new Float32Array(SIZE);
      gaussians(state, i, z);
      return tf.tensor1d(z);
    });
    const begun = start && { images: tf.fill([SIZE], BEGUN), expected: tf.fill([SIZE], EXPECTED) };
    const whole = start ? { ...schedule, start } : schedule;
    const received = drawTensors(tf, (x, level) => tf.mul(x, factor(level)), whole, draws, begun).dataSync();
    received.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 4);
    });
  });
});

describe("startTensor", () => {
  it("is wasm-model's start, pixel by pixel, for each image of a batch", () => {
    const [size, start] = [12, smallStart()];
    const z = new Float32Array(2 * size);
    gaussians(seedState("start"), 0, z);
    const label = Float32Array.of(0, 1, 0, 0, 0, 1);
    const batch = startTensor(tf, start, IMAGE, tf.tensor2d(label, [2, 3]), tf.tensor2d(z, [2, size]));
    expect(batch.shape).toEqual([2, 8, 12, 3]);
    const received = tf.transpose(batch, [0, 3, 1, 2]).dataSync();
    const expected = [0, 1].flatMap((b) => [
      ...startImage(start, IMAGE, label.subarray(3 * b, 3 * b + 3), z.subarray(size * b, size * (b + 1))),
    ]);
    received.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 5);
    });
  });
});
