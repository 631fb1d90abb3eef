/** Learned guidance. The loss itself, of white Gaussian data: test/slow/training-converges.test.ts. */
import type * as TF from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { chooseBackend } from "../../../training/backend/index.ts";
import { type BatchTensors, weightedLoss, withGuide } from "../../../training/network/loss.ts";
import { denoise, placeWeights } from "../../../training/network/score-network.ts";
import { oneHot } from "../../../training/network/split.ts";
import { randomModel, TINY } from "../../support/random-model.ts";
import { batch } from "./gaussian-data.ts";

const { tf } = await chooseBackend("wasm");

describe("learned guidance", () => {
  const guidance = { weight: 5, sigmaMax: 1 };
  const noiseLevels = [0.1, 1, 1.01, 0.1];

  /** The network, and four noisy images denoised by it and by the pretrained network, which is not told their classes. */
  function denoisedImages() {
    const [weights, pretrained] = [3, 4].map((seed) => placeWeights(tf, TINY, randomModel(TINY, seed, "fp32").weights.floats));
    const labels = [...oneHot([0, 1, 1], TINY.classes), ...new Float32Array(TINY.classes)];
    const [sigma, label] = [tf.tensor(noiseLevels, [4, 1]), tf.tensor(labels, [4, TINY.classes])];
    const x = tf.tensor(batch(4, 1).noise, [4, TINY.height, TINY.width, 1]);
    const denoised = denoise({ tf, spec: TINY, weights }, { x, sigma, label });
    const before = denoise({ tf, spec: TINY, weights: pretrained }, { x, sigma, label: tf.zerosLike(label) });
    /** A batch of these clean images, with the noise that makes the noisy ones of them. */
    const batchOf = (clean: TF.Tensor) => ({ clean, noise: tf.div(tf.sub(x, clean), tf.reshape(sigma, [-1, 1, 1, 1])), sigma, label });
    const guidedBatchOf = (clean: TF.Tensor) => withGuide({ tf, spec: TINY, weights: pretrained }, batchOf(clean), guidance);
    return { weights, denoised, before, batchOf, guidedBatchOf };
  }

  it("is reached where D = D_pretrained + w (x - D_pretrained), up to sigmaMax", () => {
    const { weights, denoised, before, batchOf, guidedBatchOf } = denoisedImages();
    const clean = tf.add(before, tf.div(tf.sub(denoised, before), guidance.weight));
    const losses = (images: BatchTensors) => weightedLoss({ tf, spec: TINY, weights }, images).dataSync();
    const [first, second, above, unlabelled] = losses(guidedBatchOf(clean));
    for (const loss of [first, second, unlabelled]) expect(loss).toBeLessThan(1e-8);
    for (const loss of [above, losses(batchOf(clean))[0]]) expect(loss).toBeGreaterThan(1e-5);
  });

  it("moves the image that is learned, as a constant", () => {
    const { weights, denoised, before, batchOf, guidedBatchOf } = denoisedImages();
    const clean = tf.zerosLike(denoised);
    const share = tf.tensor([0.8, 0.8, 0, 0.8], [4, 1, 1, 1]);
    const moved = tf.add(clean, tf.mul(share, tf.sub(denoised, before)));
    const gradient = (images: BatchTensors): number => {
      const loss = (gain: TF.Tensor): TF.Scalar =>
        tf.mean(weightedLoss({ tf, spec: TINY, weights: new Map([...weights, ["out.gain", gain]]) }, images));
      return tf
        .grad(loss)(weights.get("out.gain") as TF.Tensor)
        .dataSync()[0];
    };
    expect(gradient(guidedBatchOf(clean))).toBeCloseTo(gradient(batchOf(moved)), 4);
    expect(gradient(guidedBatchOf(clean))).not.toBeCloseTo(gradient(batchOf(clean)), 4);
  });
});
