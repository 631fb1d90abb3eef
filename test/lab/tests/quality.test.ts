import { describe, expect, it } from "vitest";
import type { Dataset } from "../../../training/data/dataset.ts";
import { drawImages, requestedClasses } from "../../../training/measure/images.ts";
import { memorySplit, type Split } from "../../../training/network/split.ts";
import type { GenerativeModel } from "../../../wasm-model/render/generate.ts";
import { seedState, uniforms } from "../../../wasm-model/sampling/random.ts";
import { randomClassifierWeights } from "../../support/random-classifier.ts";
import { randomModel, TINY } from "../../support/random-model.ts";
import { memoryDataset } from "../../support/tiny-dataset.ts";
import { wasmBackend } from "../../support/wasm-backend.ts";
import { classifierSpec } from "../classifiers/classifier.ts";
import { accuracy, classify, predictions } from "../classifiers/classify.ts";
import type { Classifier } from "../classifiers/file.ts";
import { qualityOf, realQuality, referenceOf } from "../quality.ts";

const tf = await wasmBackend();

const SIZE = 64;
const labels = ["black", "white"];
const spec = { ...TINY, classes: 2 };

/** Black images of class 0 and white ones of class 1. */
function constantImages(counts: readonly number[]): Dataset {
  const classes = counts.flatMap((count, label) => Array<number>(count).fill(label));
  const split = memorySplit(
    Uint8Array.from({ length: classes.length * SIZE }, (_, i) => 255 * classes[Math.floor(i / SIZE)]),
    classes,
  );
  return memoryDataset({ name: "constant", labels, width: 8, height: 8, channels: 1, train: split });
}

/** Draws exactly the image of each class. */
const perfect: GenerativeModel = {
  card: randomModel(spec, 1, "fp32").card,
  denoiser: { denoise: async (x, _, classes) => x.map((_, i) => (classes[2 * Math.floor(i / SIZE)] === 1 ? -1 : 1)) },
};

/** An untrained network: its features tell black from white. */
function untrained(dataset: Dataset): Classifier {
  const own = classifierSpec(dataset, "small");
  const weights = randomClassifierWeights(own);
  const { probabilities } = classify(tf, { spec: own, weights }, dataset.test.images());
  const testAccuracy = accuracy(predictions(probabilities, 2), dataset.test.labels);
  return { spec: own, weights, testAccuracy };
}

it("images of a model that draws each class perfectly have no distance from training images, of which nine in ten are of one class", async () => {
  const counts = [90, 10];
  const dataset = constantImages(counts);
  const reference = referenceOf(tf, dataset, untrained(dataset));
  const set = { count: 100, seed: "measure", classCounts: counts };
  const { fid } = qualityOf(tf, reference, await drawImages(perfect, set), requestedClasses(set));
  const spread = reference.moments.covariance.trace();
  expect(spread).toBeGreaterThan(0.1);
  expect(fid / spread).toBeLessThan(1e-4);
});

describe("the figures of real images", () => {
  /** Noise, brighter in class 1. */
  function noise(count: number, seed: string): Split {
    const classes = Array.from({ length: count }, (_, i) => i % 2);
    const values = new Float64Array(count * SIZE);
    uniforms(seedState(seed), 0, values);
    return memorySplit(
      Uint8Array.from(values, (value, at) => 100 * value + 100 * classes[Math.floor(at / SIZE)]),
      classes,
    );
  }

  it("are those of generated images, if these are the test images themselves", () => {
    const dataset = { ...constantImages([1, 1]), name: "noise", train: noise(600, "train"), test: noise(300, "test") };
    const reference = referenceOf(tf, dataset, untrained(dataset));
    const real = realQuality(reference, 200);
    const generated = qualityOf(tf, reference, dataset.test.images(0, 200), dataset.test.labels.subarray(0, 200));
    expect(generated.fid).toBeCloseTo(real.fid, 4);
    expect(generated).toEqual({ ...real, fid: generated.fid });
  });

  it("are refused by the classifier of other data", () => {
    const [dataset, other] = [constantImages([64, 64]), { ...constantImages([64, 64]), test: noise(128, "other") }];
    const classifier = { ...untrained(dataset), testAccuracy: 0.123 };
    expect(() => referenceOf(tf, other, classifier)).toThrow(/^Expected a classifier with an accuracy of 12\.30 % on the test images, /);
  });
});
