/**
 * The classifier's file: int8 filters of a few hundred kilobytes. The network itself scales each filter to unit norm,
 * so the codes need no scale: the largest weight of each filter is +-127.
 */
import { readRegularFile } from "../../../training/cli/files.ts";
import { UserError } from "../../../training/cli/user-error.ts";
import type { Dataset } from "../../../training/data/dataset.ts";
import { decodeSafetensors, encodeSafetensors } from "../../../training/learning/safetensors.ts";
import { sizeOf } from "../../../training/network/parameters.ts";
import { CLASSIFIERS, type ClassifierName, type ClassifierSpec, classifierShapes, classifierSpec, isFilter } from "./classifier.ts";

export interface Classifier {
  readonly spec: ClassifierSpec;
  /** By path, in tfjs' layout. */
  readonly weights: ReadonlyMap<string, Float32Array>;
  /** Share of the test images that it classifies correctly, with these weights. */
  readonly testAccuracy: number;
}

type Classified = Pick<Dataset, "name" | "height" | "width" | "channels" | "labels">;

/** The classifier for a data set in a file. Throws a UserError if it does not fit. */
export function readClassifier(dataset: Classified, path: string): Classifier {
  try {
    const { tensors, metadata } = decodeSafetensors(readRegularFile(path));
    const { testAccuracy, network = "small" } = metadata;
    if (!Object.hasOwn(CLASSIFIERS, network)) throw new Error(`its network ${network} is unknown`);
    const spec = classifierSpec(dataset, network as ClassifierName);
    const weights = [...classifierShapes(spec)].map(([name, shape]): [string, Float32Array] => {
      const values = tensors.get(name)?.values;
      if (values?.length !== sizeOf(shape)) throw new Error(`its tensor \`${name}\` does not have the shape [${shape.join(", ")}]`);
      return [name, values];
    });
    return { spec, weights: new Map(weights), testAccuracy: Number(testAccuracy) };
  } catch (error) {
    throw new UserError(`Expected a classifier of ${dataset.name} at \`${path}\` but ${(error as Error).message}`);
  }
}

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
