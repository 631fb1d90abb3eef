import { gaussians, seedState } from "../../wasm-model/sampling/random.ts";
import { type ClassifierSpec, classifierShapes } from "../lab/classifiers/classifier.ts";

/** Standard normals, by path in tfjs' layout. */
export const randomClassifierWeights = (spec: ClassifierSpec): Map<string, Float32Array> =>
  new Map(
    [...classifierShapes(spec)].map(([path, shape]): [string, Float32Array] => {
      const values = new Float32Array(shape.reduce((product, n) => product * n, 1));
      gaussians(seedState(path), 0, values);
      return [path, values];
    }),
  );
