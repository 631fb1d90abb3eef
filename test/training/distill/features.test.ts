import type * as TF from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { classifierSpace, imageSpace } from "../../../training/distill/features.ts";
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

describe("what an image has without a network", () => {
  const card = { spec: { ...TINY, height: 20, width: 16 }, crop: { top: 2, left: 0, height: 16, width: 16 } };
  const featuresOf = (value: (row: number, column: number) => number): number[][] =>
    tf.tidy(() => {
      const values = Float32Array.from({ length: 320 }, (_, i) => value(Math.floor(i / 16) - 2, i % 16));
      const parts = imageSpace(tf, card).features(tf.tensor(values, [1, 20, 16, 1]), "s");
      return parts.map((part) => Array.from(part.dataSync(), (v) => Number(v.toFixed(2))));
    });

  it("is the mean colour of its squares, within the crop and the data range", () => {
    const [squares, details] = featuresOf((row, column) => (row < 0 || row > 15 ? 0.9 : row < 8 ? (column < 8 ? -0.5 : 0.25) : 3));
    expect(squares).toEqual([-0.5, 0.25, 1, 1]);
    expect(imageSpace(tf, card).sizes).toEqual([squares.length, details.length]);
  });

  it("is the magnitude of its differences down and across at three sizes", () => {
    expect(featuresOf(() => 0.3)[1]).toEqual([0, 0, 0, 0, 0, 0]);
    expect(featuresOf((_, column) => (column % 2 ? 0.5 : -0.5))[1]).toEqual([0, 1, 0, 0, 0, 0]);
    expect(featuresOf((row) => (row % 4 < 2 ? 0.5 : -0.5))[1]).toEqual([0.68, 0, 1, 0, 0, 0]);
  });
});
