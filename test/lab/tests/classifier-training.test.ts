import { beforeAll, expect, it } from "vitest";
import { chooseBackend } from "../../../training/backend/index.ts";
import type { Backend } from "../../../training/backend/step.ts";
import type { Dataset } from "../../../training/data/dataset.ts";
import { CLASSIFIERS, type ClassifierName, classifierSpec } from "../../../training/measure/classifiers/classifier.ts";
import { accuracy, classify, predictions } from "../../../training/measure/classifiers/classify.ts";
import { memorySplit, type Split } from "../../../training/network/split.ts";
import { trainClassifier } from "../classifier-training.ts";

let backend: Backend;
beforeAll(async () => {
  backend = await chooseBackend("wasm");
});

/** Stripes of a random grey level and phase, upright or lying: 8 x 8 pixels. */
function stripes(count: number): Split {
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 2);
  const pixels = Uint8Array.from({ length: 64 * count }, (_, at) => {
    const [i, y, x] = [at >> 6, (at >> 3) & 7, at & 7];
    const across = labels[i] === 0 ? x : y;
    return (across + (i >> 1)) % 4 < 2 ? 40 + ((i * 37) % 200) : 0;
  });
  return memorySplit(pixels, labels);
}

it.each(Object.keys(CLASSIFIERS) as ClassifierName[])("teaches the shape %s", async (network) => {
  const dataset = {
    name: "stripes",
    height: 8,
    width: 8,
    channels: 1,
    labels: ["upright", "lying"],
    train: stripes(200),
  } as unknown as Dataset;
  const training = {
    network,
    learningRate: 1e-2,
    images: 1280,
    shift: 1,
    mirror: true,
    rotate: 0,
    zoom: 0,
    erase: false,
    seed: "stripes",
  };
  const weights = await trainClassifier(backend, dataset, { ...training, onProgress: () => {} });
  const test = stripes(64);
  const { probabilities } = classify(backend.tf, { spec: classifierSpec(dataset, network), weights }, test.images());
  expect(accuracy(predictions(probabilities, 2), test.labels)).toBeGreaterThan(0.8); // 0.5 by chance
});
