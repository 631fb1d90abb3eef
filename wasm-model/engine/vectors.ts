/**
 * What depends on noise level and class alone: the embedding, its modulations, the preconditioning. Computed once per (sigma, class), in
 * float64 with elementary.ts, but for the linear layers, which the kernels compute in float32.
 */
import { cos2pi, exp, log } from "../elementary.ts";
import type { Node, NodeOf } from "./graph.ts";

/** y = W v for the layer `path`. */
export type Linear = (path: string, v: Float64Array, y: Float64Array) => void;

export class Vectors {
  readonly #values: ReadonlyMap<Node, Float64Array>;
  readonly #floats: ReadonlyMap<string, Float32Array>;
  readonly #linear: Linear;
  /** NaN: nothing computed yet. */
  #sigma = Number.NaN;

  /** nodes: vectors in the order of computation. */
  constructor(nodes: readonly Node[], floats: ReadonlyMap<string, Float32Array>, linear: Linear) {
    this.#values = new Map(nodes.map((node) => [node, new Float64Array(node.shape[0])]));
    this.#floats = floats;
    this.#linear = linear;
  }

  /** The vector's value, an array that `update` changes in place. */
  valueOf(node: Node): Float64Array {
    const value = this.#values.get(node);
    if (!value) throw new Error(`Expected a vector but received \`${node.op}\``);
    return value;
  }

  /** Computes all vectors for a noise level and one row of `labels`; false if they were those of the last call. */
  update(sigma: number, labels: Float32Array, row: number): boolean {
    let isKnown = sigma === this.#sigma;
    for (const [node, value] of this.#values) {
      if (node.op === "label") isKnown = copyRow(labels, row, value) && isKnown;
    }
    if (isKnown) return false;
    this.#sigma = sigma;
    for (const [node, value] of this.#values) this.#compute(node, value);
    return true;
  }

  #compute(node: Node, y: Float64Array): void {
    const [first, second] = node.inputs;
    if (node.op === "label") return; // written by `update`
    if (node.op === "sigma") y[0] = this.#sigma;
    else if (node.op === "linear") this.#linear(node.path, this.valueOf(first), y);
    else if (node.op === "fourier") this.#fourier(node, this.valueOf(first)[0], y);
    else {
      const u = this.valueOf(first);
      const v = second ? this.valueOf(second) : u;
      const gain = node.op === "gain" ? this.#parameter(node.path)[0] : 1;
      for (let i = 0; i < y.length; i++) y[i] = elementwise(node, u[i], v[i], gain);
    }
  }

  #fourier({ path }: NodeOf<"fourier">, value: number, y: Float64Array): void {
    const frequencies = this.#parameter(`${path}.frequencies`);
    const phases = this.#parameter(`${path}.phases`);
    for (let k = 0; k < y.length; k++) y[k] = Math.SQRT2 * cos2pi(frequencies[k] * value + phases[k]);
  }

  #parameter(path: string): Float32Array {
    return this.#floats.get(path) as Float32Array; // the model was checked to hold every parameter of its network
  }
}

/** values <- row `row` of `rows`; true if they were equal. */
function copyRow(rows: Float32Array, row: number, values: Float64Array): boolean {
  let areEqual = true;
  for (let i = 0; i < values.length; i++) {
    const value = rows[row * values.length + i];
    if (values[i] !== value) areEqual = false;
    values[i] = value;
  }
  return areEqual;
}

function elementwise(node: Node, u: number, v: number, gain: number): number {
  switch (node.op) {
    case "affine":
      return node.a * u + node.b;
    case "product":
      return u * v;
    case "reciprocalSqrt":
      return 1 / Math.sqrt(u);
    case "log":
      return log(u);
    case "silu":
      return u / (1 + exp(-u)) / 0.596;
    case "gain":
      return gain * u;
    case "mpSum":
      return ((1 - node.t) * u + node.t * v) / Math.sqrt((1 - node.t) ** 2 + node.t ** 2);
    default:
      throw new Error(`Expected a vector operation but received \`${node.op}\``);
  }
}
