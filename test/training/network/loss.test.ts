/**
 * The loss of white Gaussian data, and what a guided teacher teaches. That training reaches the loss's minimum:
 * test/slow/training-converges.test.ts.
 */
import type * as TF from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { guidedTeacher } from "../../../training/network/loss.ts";
import { initialParameters } from "../../../training/network/parameters.ts";
import { denoise, placeWeights, type Tf } from "../../../training/network/score-network.ts";
import { oneHot } from "../../../training/network/split.ts";
import { randomModel, TINY } from "../../support/random-model.ts";
import { wasmBackend } from "../../support/wasm-backend.ts";
import { batch, lossAt, PIXELS } from "./gaussian-data.ts";

const { sigmaData } = TINY;

let tf: Tf;
beforeAll(async () => {
  tf = await wasmBackend();
});

describe("the denoising-score-matching loss", () => {
  it("is 1 at every noise level for the untrained network on N(0, sigmaData^2), whose best denoiser is the skip connection", () => {
    const weights = placeWeights(tf, TINY, initialParameters(TINY, "seed"));
    // 64 000 squared normals: a relative standard deviation of 0.6 %.
    for (const sigma of [0.05, 0.5, 5]) expect(Math.abs(lossAt(tf, weights, sigma, 1000, 0, sigmaData) - 1)).toBeLessThan(0.03);
    tf.dispose([...weights.values()]);
  });
});

describe("guidance distillation", () => {
  const teacher = randomModel(TINY, 3, "fp32");
  const guidance = { weight: 5, sigmaMax: 1 };
  const images = (values: Float32Array): TF.Tensor => tf.tensor(values, [values.length / PIXELS, TINY.height, TINY.width, 1]);

  it("teaches D + (w - 1) (D - D_uncond) up to sigmaMax, and D above it and without a label", () => {
    const weights = placeWeights(tf, TINY, teacher.weights.floats);
    const { teach } = guidedTeacher(tf, teacher, guidance);
    const x = images(batch(4, 1).clean);
    const sigma = tf.tensor([0.1, 1, 1.01, 0.1], [4, 1]);
    const label = tf.tensor(
      [...oneHot([0, 1, 1, 0], TINY.classes).subarray(0, 3 * TINY.classes), ...new Float32Array(TINY.classes)],
      [4, TINY.classes],
    );
    const conditional = denoise(tf, TINY, weights, { x, sigma, label }).dataSync();
    const unconditional = denoise(tf, TINY, weights, { x, sigma, label: tf.zerosLike(label) }).dataSync();
    const taught = teach({ x, sigma, label }).dataSync();
    const expected = conditional.map((value, i) => (i < 2 * PIXELS ? value + 4 * (value - unconditional[i]) : value));
    expect(Math.max(...conditional.map((value, i) => Math.abs(value - unconditional[i])))).toBeGreaterThan(1e-3);
    taught.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 5);
    });
  });
});
