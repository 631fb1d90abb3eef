/** Classifiers with random weights. */

import { encodeSafetensors } from "../../training/learning/safetensors.ts";
import { sizeOf } from "../../training/network/parameters.ts";
import type { Tf } from "../../training/network/score-network.ts";
import type { Split } from "../../training/network/split.ts";
import { type ClassifierSpec, classifierShapes, isFilter } from "../lab/classifiers/classifier.ts";
import { accuracy, classify, predictions } from "../lab/classifiers/classify.ts";
import { normalValues } from "./random-numbers.ts";

/** Standard normals, by path in tfjs' layout. */
export const randomClassifierWeights = (spec: ClassifierSpec): Map<string, Float32Array> =>
  new Map(Array.from(classifierShapes(spec), ([path, shape]) => [path, normalValues(path, sizeOf(shape))]));

/** A file of them, filters in eight bits, which states its accuracy on these images. */
export function randomClassifierFile(tf: Tf, spec: ClassifierSpec, test: Split): Uint8Array {
  const weights = new Map(
    [...randomClassifierWeights(spec)].map(([path, values]) => [
      path,
      isFilter(classifierShapes(spec).get(path)!) ? values.map((value) => Math.round(30 * value)) : values,
    ]),
  );
  const { probabilities } = classify(tf, { spec, weights }, test.images());
  const testAccuracy = accuracy(predictions(probabilities, spec.classes), test.labels);
  const tensors = [...weights].map(([path, values]) => {
    const shape = classifierShapes(spec).get(path)!;
    return [path, { shape, values: isFilter(shape) ? Int8Array.from(values) : values }] as const;
  });
  return encodeSafetensors({ tensors: new Map(tensors), metadata: { network: spec.network, testAccuracy: String(testAccuracy) } });
}
