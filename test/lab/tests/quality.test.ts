import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { chooseBackend } from "../../../training/backend/index.ts";
import { decodeSafetensors } from "../../../training/learning/safetensors.ts";
import { memorySplit, type Split } from "../../../training/network/split.ts";
import { seedState, uniforms } from "../../../wasm-model/sampling/random.ts";
import { randomIntegers } from "../../support/random-numbers.ts";
import { memoryDataset } from "../../support/tiny-dataset.ts";
import { accuracy, classifierPath, classify, predictions } from "../classifiers.ts";
import { qualityOf, realQuality, referenceOf } from "../quality.ts";

const { tf } = await chooseBackend("wasm");

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
/** The judging one of MNIST with a last layer of random weights: its features tell dark from light. */
const { tensors } = decodeSafetensors(readFileSync(classifierPath("mnist", "judging")), ["F32", "I8"]);
const out = { shape: [192, 2], values: Int8Array.from({ length: 2 * 192 }, randomIntegers(1, -127, 127)) };
const untested = { network: "deep", data: dataset, weights: new Map([...tensors, ["out", out]]) } as const;
const { probabilities } = classify(tf, untested, dataset.test.images());
const classifier = { ...untested, testAccuracy: accuracy(predictions(probabilities, 2), dataset.test.labels) };

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
