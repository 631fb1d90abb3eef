/**
 * Pictures of a student that re-noises (DMD2, Yin et al. 2024, section 4.4, with noisy data for its backward simulation): training images x, a level t of the student's schedule for each, z = x + t n,
 * y = D(z, t). With churn 1 and extrapolation 1 these are the pictures that every step of its sampler makes.
 */
import type * as TF from "@tensorflow/tfjs";
import { seedState, uniforms } from "../../wasm-model/random.ts";
import type { Schedule } from "../schedule.ts";
import type { Tf } from "../score-network.ts";
import { normals } from "./random.ts";

/** D(x, sigma) with a noise level for each image [B, 1]. */
type DenoiseEach = (x: TF.Tensor, sigma: TF.Tensor) => TF.Tensor;

export function renoisedPictures(tf: Tf, denoise: DenoiseEach, { sigmas }: Schedule, clean: TF.Tensor, stream: string): TF.Tensor {
  const batch = clean.shape[0] as number;
  const draws = new Float64Array(batch);
  uniforms(seedState(`${stream}/level`), 0, draws);
  const levels = Float32Array.from(draws, (u) => sigmas[Math.floor(u * sigmas.length)]);
  const sigma = tf.tensor2d(levels, [batch, 1]);
  return denoise(tf.add(clean, tf.mul(normals(tf, `${stream}/noise/0`, clean.shape), tf.reshape(sigma, [-1, 1, 1, 1]))), sigma);
}
