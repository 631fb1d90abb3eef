/** Writes the file of a classifier, as classifiers/file.ts reads it. */
import { encodeSafetensors } from "../../training/learning/safetensors.ts";
import { type ClassifierSpec, classifierShapes, isFilter } from "./classifiers/classifier.ts";

/** Filters rounded to what the file will hold. */
export function roundedWeights(spec: ClassifierSpec, weights: ReadonlyMap<string, Float32Array>): Map<string, Float32Array> {
  const rounded = [...classifierShapes(spec)].map(([path, shape]): [string, Float32Array] => {
    const values = weights.get(path) as Float32Array;
    return [path, isFilter(shape) ? Float32Array.from(codesOf(values, shape.at(-1) as number)) : values];
  });
  return new Map(rounded);
}

/** Codes of filters over the last axis of `outputs`. */
function codesOf(values: Float32Array, outputs: number): Int8Array {
  const largest = new Float32Array(outputs);
  for (const [i, value] of values.entries()) largest[i % outputs] = Math.max(largest[i % outputs], Math.abs(value));
  return Int8Array.from(values, (value, i) => Math.round((127 * value) / largest[i % outputs]));
}

/** `weights`: as `roundedWeights` gives them. `about`: how it was trained, and its accuracy on test images. */
export function encodeClassifier(
  spec: ClassifierSpec,
  weights: ReadonlyMap<string, Float32Array>,
  about: Readonly<Record<string, string | number | boolean>> & { readonly testAccuracy: number },
): Uint8Array {
  const tensors = [...classifierShapes(spec)].map(([path, shape]) => {
    const values = weights.get(path) as Float32Array;
    return [path, { shape, values: isFilter(shape) ? Int8Array.from(values) : values }] as const;
  });
  const metadata = Object.fromEntries(Object.entries({ ...about, network: spec.network }).map(([key, value]) => [key, String(value)]));
  return encodeSafetensors({ tensors: new Map(tensors), metadata });
}
