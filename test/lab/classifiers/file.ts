/**
 * The files of classifiers: int8 filters of a few hundred kilobytes. The network itself scales each filter to unit norm,
 * so the codes need no scale: the largest weight of each filter is +-127. Those of the shipped models' data sets are in
 * judges/. A *tuning* one has chosen their schedules. A *judging* one, a different network, was in no choice of schedule or
 * checkpoint, so that nothing can exploit the weaknesses of both.
 */
import { join } from "node:path";
import { readRegularFile } from "../../../training/cli/files.ts";
import { UserError } from "../../../training/cli/user-error.ts";
import type { Dataset } from "../../../training/data/dataset.ts";
import { decodeSafetensors } from "../../../training/learning/safetensors.ts";
import { sizeOf } from "../../../training/network/parameters.ts";
import { CLASSIFIERS, type ClassifierName, type ClassifierSpec, classifierShapes, classifierSpec } from "./classifier.ts";

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
    const { tensors, metadata } = decodeSafetensors(readRegularFile(path), ["F32", "I8"]);
    const { testAccuracy, network = "small" } = metadata;
    if (!Object.hasOwn(CLASSIFIERS, network)) throw new Error(`its network ${network} is unknown`);
    const spec = classifierSpec(dataset, network as ClassifierName);
    const weights = [...classifierShapes(spec)].map(([name, shape]): [string, Float32Array] => {
      const values = tensors.get(name)?.values;
      if (values?.length !== sizeOf(shape)) throw new Error(`its tensor \`${name}\` does not have the shape [${shape.join(", ")}]`);
      return [name, Float32Array.from(values)];
    });
    return { spec, weights: new Map(weights), testAccuracy: Number(testAccuracy) };
  } catch (error) {
    throw new UserError(`Expected a classifier of ${dataset.name} at \`${path}\` but ${(error as Error).message}`);
  }
}

export type Purpose = "tuning" | "judging";

export const classifierPath = (data: string, purpose: Purpose): string =>
  join(import.meta.dirname, "../judges", purpose, `${data}.safetensors`);
