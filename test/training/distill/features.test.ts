import type * as TF from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { classifierSpace, randomSpace } from "../../../training/distill/features.ts";
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
  it("is the image itself if its training images were unchanged; values beyond the data range count as its edge", () => {
    const images = tf.tensor(normalsOf("images", COUNT * SIDE * SIDE), [COUNT, SIDE, SIDE, 1]);
    const plain = featuresOf(images, undefined);
    expect(featuresOf(images, { noise: 0, shift: 4, mirror: true })).toEqual(plain);
    expect(featuresOf(tf.clipByValue(images, -1, 1), undefined)).toEqual(plain);
  });

  it("has its own noise, the same for the same stream", () => {
    const same = tf.zeros([2, SIDE, SIDE, 1]);
    const noisy: Augmentation = { noise: 0.3, shift: 0, mirror: false };
    const rows = featuresOf(same, noisy);
    expect(rowOf(rows, 0)).not.toEqual(rowOf(rows, 1));
    expect(featuresOf(same, noisy)).toEqual(rows);
    expect(featuresOf(same, noisy, "other")).not.toEqual(rows);
  });
});

describe("what random convolutions see of an image", () => {
  const card = { spec: { ...TINY, height: 12, width: 8 }, crop: { top: 2, left: 0, height: 9, width: 7 } };
  const seen = (images: Float32Array): number[][] =>
    tf.tidy(() =>
      randomSpace(tf, card)
        .features(tf.tensor(images, [1, 12, 8, 1]), "s")
        .map((part) => Array.from(part.dataSync())),
    );

  it("is the image within the crop and the data range, differently for each of three networks", () => {
    const image = normalsOf("image", 12 * 8);
    const parts = seen(image);
    expect(parts.map(({ length }) => length)).toEqual(randomSpace(tf, card).sizes);
    expect(new Set(parts.map(([first]) => first)).size).toBe(3);
    const row = (i: number): number => Math.floor(i / 8);
    expect(seen(image.map((value, i) => (row(i) < 2 || row(i) > 10 || i % 8 === 7 ? 0.5 : Math.min(1, Math.max(-1, value)))))).toEqual(
      parts,
    );
    expect(seen(image.map((value, i) => (i === 5 * 8 + 3 ? value + 0.5 : value)))).not.toEqual(parts);
  });
});
