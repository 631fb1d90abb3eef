import type * as TF from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { classifierSpace } from "../../../training/distill/features.ts";
import { type ClassifierSpec, featureCount } from "../../../training/measure/classifiers/classifier.ts";
import type { Augmentation } from "../../../training/measure/classifiers/file.ts";
import type { Tf } from "../../../training/network/score-network.ts";
import { gaussians, seedState } from "../../../wasm-model/sampling/random.ts";
import { randomClassifierWeights } from "../../support/random-classifier.ts";
import { TINY } from "../../support/random-model.ts";
import { wasmBackend } from "../../support/wasm-backend.ts";

let tf: Tf;
beforeAll(async () => {
  tf = await wasmBackend();
});

const [SIDE, COUNT] = [8, 70];
const spec: ClassifierSpec = { height: SIDE, width: SIDE, channels: 1, classes: 3, network: "small" };

function normalsOf(seed: string, count: number): Float32Array {
  const values = new Float32Array(count);
  gaussians(seedState(seed), 0, values);
  return values;
}

function featuresOf(images: TF.Tensor, augmentation: Augmentation | undefined, stream = "s"): Float32Array {
  const record = { data: "mine", testAccuracy: 0.5, trainingImages: 7, seed: "s", augmentation };
  const { features } = classifierSpace(
    tf,
    { purpose: "tuning", spec, weights: randomClassifierWeights(spec), record },
    { spec: { ...TINY, height: SIDE, width: SIDE } },
  );
  return tf.tidy(() => features(images, stream)[1].dataSync() as Float32Array);
}

const length = featureCount(spec);
const rowOf = (rows: Float32Array, i: number): number[] =>
  Array.from(rows.subarray(i * length, (i + 1) * length), (v) => Math.round(1e3 * v));

describe("what a classifier sees of an image", () => {
  it("is the image, where nothing was done to those that it learned from; what is beyond the data range counts as its edge", () => {
    const images = tf.tensor(normalsOf("images", COUNT * SIDE * SIDE), [COUNT, SIDE, SIDE, 1]);
    const plain = featuresOf(images, undefined);
    expect(featuresOf(images, { noise: 0, shift: 4, mirror: true })).toEqual(plain);
    expect(featuresOf(tf.clipByValue(images, -1, 1), undefined)).toEqual(plain);
  });

  it("is under noise of its own, the same for the same stream", () => {
    const same = tf.zeros([2, SIDE, SIDE, 1]);
    const noisy: Augmentation = { noise: 0.3, shift: 0, mirror: false };
    const rows = featuresOf(same, noisy);
    expect(rowOf(rows, 0)).not.toEqual(rowOf(rows, 1));
    expect(featuresOf(same, noisy)).toEqual(rows);
    expect(featuresOf(same, noisy, "other")).not.toEqual(rows);
  });
});
