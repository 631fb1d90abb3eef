import { expect, it } from "vitest";
import { memorySplit, type Split } from "../../../training/network/split.ts";
import { seedState, uniforms } from "../../../wasm-model/sampling/random.ts";
import { randomClassifier } from "../../support/random-classifier.ts";
import { memoryDataset } from "../../support/tiny-dataset.ts";
import { wasmBackend } from "../../support/wasm-backend.ts";
import { qualityOf, realQuality, referenceOf } from "../quality.ts";

const tf = await wasmBackend();

/** Images of 8x8 pixels of noise, brighter in class 1. */
function noise(count: number, seed: string): Split {
  const classes = Array.from({ length: count }, (_, i) => i % 2);
  const values = new Float64Array(64 * count);
  uniforms(seedState(seed), 0, values);
  return memorySplit(
    Uint8Array.from(values, (value, at) => 100 * value + 100 * classes[Math.floor(at / 64)]),
    classes,
  );
}

const splits = { train: noise(600, "train"), test: noise(300, "test") };
const dataset = memoryDataset({ labels: ["dark", "light"], width: 8, height: 8, channels: 1, ...splits });
const classifier = randomClassifier(tf, dataset);

it("the figures of real images are those of generated ones, if these are the test images themselves; dark ones alone are farther away", () => {
  const reference = referenceOf(tf, dataset, classifier);
  const real = realQuality(reference, 200);
  const images = dataset.test.images(0, 200);
  const generated = qualityOf(tf, reference, images, dataset.test.labels.subarray(0, 200));
  expect(generated.fid).toBeCloseTo(real.fid, 4);
  expect(generated).toEqual({ ...real, fid: generated.fid });
  const dark = images.map((value, at) => (Math.floor(at / 64) % 2 === 1 ? value - 100 : value));
  expect(qualityOf(tf, reference, dark, new Uint16Array(200)).fid).toBeGreaterThan(2 * real.fid);
});

it("the classifier of other data is refused", () => {
  expect(() => referenceOf(tf, dataset, { ...classifier, testAccuracy: 0.123 })).toThrow(
    /^Expected a classifier with an accuracy of 12\.30 % on the test images, /,
  );
});
