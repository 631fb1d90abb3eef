/** The random numbers of a distillation, all functions of (seed, step): a resumed run goes on with the very same ones. */
import type * as TF from "@tensorflow/tfjs";
import { gaussians, seedState, uniforms } from "../../wasm-model/sampling/random.ts";
import type { Tf } from "../network/score-network.ts";

/** Standard normals. */
export function normals(tf: Tf, stream: string, shape: readonly number[]): TF.Tensor {
  const values = new Float32Array(shape.reduce((product, n) => product * n, 1));
  gaussians(seedState(stream), 0, values);
  return tf.tensor(values, [...shape]);
}

/** `count` classes, each as likely. */
export function randomClasses(stream: string, count: number, classes: number): Uint32Array {
  const draws = new Float64Array(count);
  uniforms(seedState(stream), 0, draws);
  return Uint32Array.from(draws, (u) => Math.floor(u * classes));
}

/** `count` noise levels whose logarithms are uniform. */
export function randomSigmas(stream: string, count: number, [least, most]: readonly [number, number]): Float32Array {
  const draws = new Float64Array(count);
  uniforms(seedState(stream), 0, draws);
  return Float32Array.from(draws, (u) => least * (most / least) ** u);
}
