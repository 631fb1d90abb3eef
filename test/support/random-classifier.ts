/** The judging classifier of MNIST with a last layer of random weights, for 8x8 grey images of any classes. */
import { readFileSync } from "node:fs";
import type { Dataset } from "../../training/data/dataset.ts";
import { decodeSafetensors } from "../../training/learning/safetensors.ts";
import type { Tf } from "../../training/network/score-network.ts";
import { accuracy, type Classifier, classifierPath, classify, predictions } from "../lab/classifiers.ts";
import { randomIntegers } from "./random-numbers.ts";

export function randomClassifier(tf: Tf, data: Dataset): Classifier {
  const { tensors } = decodeSafetensors(readFileSync(classifierPath("mnist", "judging")), ["F32", "I8"]);
  const shape = [tensors.get("out")!.shape[0], data.labels.length];
  const out = { shape, values: Int8Array.from({ length: shape[0] * shape[1] }, randomIntegers(1, -127, 127)) };
  const classifier = { network: "deep", data, weights: new Map([...tensors, ["out", out]]) } as const;
  const { probabilities } = classify(tf, classifier, data.test.images());
  return { ...classifier, testAccuracy: accuracy(predictions(probabilities, data.labels.length), data.test.labels) };
}
