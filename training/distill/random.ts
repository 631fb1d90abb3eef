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

/** `count` numbers, uniform in [0, 1). */
export function randomNumbers(stream: string, count: number): Float64Array {
  const draws = new Float64Array(count);
  uniforms(seedState(stream), 0, draws);
  return draws;
}

/** `count` classes, each as likely. */
export const randomClasses = (stream: string, count: number, classes: number): Uint32Array =>
  Uint32Array.from(randomNumbers(stream, count), (u) => Math.floor(u * classes));
