/** The vectors of noise level and class alone, in float64 with elementary.ts; the kernels compute linear layers in float32. */

import { mpSumNorm, SILU_NORM } from "../network/ops.ts";
import type { Node } from "../network/recorder.ts";
import { cos2pi, exp, log } from "../sampling/elementary.ts";

/** y = W v for the layer `path`. */
export type Linear = (path: string, v: Float64Array, y: Float64Array) => void;

export type Conditioning = ReturnType<typeof conditioningOf>;

/** nodes: vectors in the order of computation. */
export function conditioningOf(nodes: readonly Node[], classes: number, floats: ReadonlyMap<string, Float32Array>, linear: Linear) {
  const values = new Map<Node, Float64Array>();
  /** The vector's value, an array that `update` changes in place; it is there before those that are computed from it. */
  const vectorOf = (node: Node): Float64Array => values.get(node) as Float64Array;
  const noiseLevel = new Float64Array(1);
  const classVector = new Float64Array(classes);
  // The reader checked that the model has every parameter.
  const parameter = (path: string): Float32Array => floats.get(path) as Float32Array;

  /** A function that computes a node's value from those of its inputs. */
  function stepOf(node: Node): () => void {
    if (node.op === "sigma" || node.op === "label") {
      values.set(node, node.op === "sigma" ? noiseLevel : classVector);
      return () => {}; // written by `update`
    }
    const [u, v] = node.inputs.map(vectorOf);
    const y = new Float64Array(node.shape[0]);
    values.set(node, y);
    const each = (valueAt: (i: number) => number) => () => {
      for (let i = 0; i < y.length; i++) y[i] = valueAt(i);
    };
    switch (node.op) {
      case "linear":
        return () => linear(node.path, u, y);
      case "fourier": {
        const [frequencies, phases] = [parameter(`${node.path}.frequencies`), parameter(`${node.path}.phases`)];
        return each((k) => Math.SQRT2 * cos2pi(frequencies[k] * u[0] + phases[k]));
      }
      case "affine": {
        const { a, b } = node;
        return each((i) => a * u[i] + b);
      }
      case "product":
        return each((i) => u[i] * v[i]);
      case "reciprocalSqrt":
        return each((i) => 1 / Math.sqrt(u[i]));
      case "log":
        return each((i) => log(u[i]));
      case "silu":
        return each((i) => u[i] / (1 + exp(-u[i])) / SILU_NORM);
      case "gain": {
        const [gain] = parameter(node.path);
        return each((i) => gain * u[i]);
      }
      case "mpSum": {
        const { t } = node;
        const norm = mpSumNorm(t);
        return each((i) => ((1 - t) * u[i] + t * v[i]) / norm);
      }
      default:
        throw new Error(`Expected a vector operation but received \`${node.op}\``);
    }
  }

  const steps = nodes.map(stepOf); // compute the vectors one after the other
  return {
    vectorOf,

    /** Computes all vectors for a noise level and a class. */
    update(sigma: number, label: Float32Array): void {
      noiseLevel[0] = sigma;
      classVector.set(label);
      for (const step of steps) step();
    },
  };
}
