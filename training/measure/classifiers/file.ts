/**
 * The classifier's file: int8 filters of a few hundred kilobytes. The network itself scales each filter to unit norm,
 * so the codes need no scale: the largest weight of each filter is +-127.
 */
import { readRegularFile } from "../../cli/files.ts";
import { UserError } from "../../cli/user-error.ts";
import type { Dataset } from "../../data/dataset.ts";
import { decodeSafetensors, encodeSafetensors } from "../../learning/safetensors.ts";
import { sizeOf } from "../../network/parameters.ts";
import {
  CLASSIFIERS,
  type ClassifierName,
  type ClassifierSpec,
  classifierShapes,
  classifierSpec,
  isFilter,
  type Purpose,
  purposeOf,
} from "./classifier.ts";

/** The augmentation in a classifier's training. */
export interface Augmentation {
  /** Largest standard deviation of the noise: each image had its own, uniform from 0. */
  readonly noise: number;
  /** Largest shift in pixels, each way. */
  readonly shift: number;
  readonly mirror: boolean;
  /**
   * For half of the images: the largest rotation in degrees, either way, and the largest share of scaling up or down.
   */
  readonly rotate?: number;
  readonly zoom?: number;
}

export interface ClassifierRecord {
  /** Name of the data set. */
  readonly data: string;
  /** Share of the test images that it classifies correctly, with the weights in the file. */
  readonly testAccuracy: number;
  readonly trainingImages: number;
  readonly seed: string;
  /** From its last training; missing in the first files. */
  readonly augmentation?: Augmentation | undefined;
}

export interface Classifier {
  readonly purpose: Purpose;
  readonly spec: ClassifierSpec;
  /** By path, in tfjs' layout. */
  readonly weights: ReadonlyMap<string, Float32Array>;
  readonly record: ClassifierRecord;
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

/** `weights`: as `roundedWeights` gives them. */
export function encodeClassifier({ spec, weights, record }: Omit<Classifier, "purpose">): Uint8Array {
  const tensors = [...classifierShapes(spec)].map(([path, shape]) => {
    const values = weights.get(path) as Float32Array;
    return [path, { shape, values: isFilter(shape) ? Int8Array.from(values) : values }] as const;
  });
  const { network } = spec;
  const { augmentation, ...others } = record;
  const metadata = Object.fromEntries(Object.entries({ ...others, ...augmentation, network }).map(([key, value]) => [key, String(value)]));
  return encodeSafetensors({ tensors: new Map(tensors), metadata });
}

type Classified = Pick<Dataset, "name" | "height" | "width" | "channels" | "labels">;

/** The classifier for a data set in a file. Throws a UserError if it does not fit, or is not for the `purpose` if one is given. */
export function readClassifier(dataset: Classified, path: string, purpose?: Purpose): Classifier {
  try {
    const { tensors, metadata } = decodeSafetensors(readRegularFile(path));
    const { data, testAccuracy, trainingImages, seed, network = "small", noise, shift, mirror, rotate, zoom } = metadata; // the first files lack some of these
    if (!Object.hasOwn(CLASSIFIERS, network)) throw new Error(`its network ${network} is unknown`);
    const own = purposeOf(network as ClassifierName);
    if (purpose !== undefined && own !== purpose) throw new Error(`its network ${network} is not for ${purpose}`);
    const spec = classifierSpec(dataset, network as ClassifierName);
    const weights = [...classifierShapes(spec)].map(([name, shape]): [string, Float32Array] => {
      const values = tensors.get(name)?.values;
      if (values?.length !== sizeOf(shape)) throw new Error(`its tensor \`${name}\` does not have the shape [${shape.join(", ")}]`);
      return [name, values];
    });
    return {
      purpose: own,
      spec,
      weights: new Map(weights),
      record: {
        ...{ data, testAccuracy: Number(testAccuracy), trainingImages: Number(trainingImages), seed },
        ...(noise !== undefined && {
          augmentation: {
            ...{ noise: Number(noise), shift: Number(shift), mirror: mirror === "true" },
            ...(rotate !== undefined && { rotate: Number(rotate), zoom: Number(zoom) }),
          },
        }),
      },
    };
  } catch (error) {
    throw new UserError(
      `Expected a ${purpose === undefined ? "" : `${purpose} `}classifier of ${dataset.name} at \`${path}\` but ${(error as Error).message}`,
    );
  }
}
