/**
 * The sampler `langevin` over tensors: differentiable, from noise to the finished image. All random numbers are
 * functions of (seed, step), so that a resumed run continues with the same ones.
 */
import type * as TF from "@tensorflow/tfjs";
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import { squareAt, startNumbers } from "../../wasm-model/sampling/gaussian-start.ts";
import { gaussians, seedState, uniforms } from "../../wasm-model/sampling/random.ts";
import type { Schedule, Start } from "../../wasm-model/sampling/settings.ts";
import { denoise, type Interpretation, type Tf, type WeightTensors } from "../network/score-network.ts";

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

/** `count` classes, uniformly distributed. */
export const randomClasses = (stream: string, count: number, classes: number): Uint32Array =>
  Uint32Array.from(randomNumbers(stream, count), (u) => Math.floor(u * classes));

/** D(x, sigma) for one noise level, [B, H, W, C]. */
export type DenoiseTensor = (x: TF.Tensor, sigma: number) => TF.Tensor;

/**
 * The algorithm of wasm-model/sampling/langevin.ts. `noise[0]` is the initial noise, `noise[i + 1]` the fresh noise of
 * the step from level i. For a schedule with a start, `begun` holds the images to which the noise is added, and their
 * expectation. Returns the finished images; their gradient goes back through all levels.
 */
export function drawTensors(
  tf: Tf,
  denoise: DenoiseTensor,
  { sigmas, churn, extrapolation, start }: Schedule,
  noise: readonly TF.Tensor[],
  begun?: { readonly images: TF.Tensor; readonly expected: TF.Tensor },
): TF.Tensor {
  const last = sigmas.length - 1;
  const weights = [start?.extrapolation ?? 1, ...extrapolation];
  let x = tf.mul(noise[0], sigmas[0]);
  if (begun) x = tf.add(x, begun.images);
  let previous = begun?.expected;
  for (let level = 0; ; level++) {
    const denoised = denoise(x, sigmas[level]);
    const weight = weights[level];
    const extrapolated = previous ? tf.add(tf.mul(denoised, weight), tf.mul(previous, 1 - weight)) : denoised;
    if (level === last) return extrapolated;
    previous = denoised;
    const kept = (sigmas[level + 1] / sigmas[level]) * Math.sqrt(1 - churn[level]);
    const fresh = sigmas[level + 1] * Math.sqrt(churn[level]);
    x = tf.add(tf.add(tf.mul(extrapolated, 1 - kept), tf.mul(x, kept)), tf.mul(noise[level + 1], fresh));
  }
}

/** Images [B, H, W, C] that a network draws of the classes in `label` [B, K], with the noise of `stream`. */
export function drawBatch(
  tf: Tf,
  spec: NetworkSpec,
  weights: WeightTensors,
  schedule: Schedule,
  { label, stream }: { readonly label: TF.Tensor; readonly stream: string },
  interpretation?: Interpretation,
): TF.Tensor {
  const [batch] = label.shape as [number];
  const noise = schedule.sigmas.map((_, i) => normals(tf, `${stream}/noise/${i}`, [batch, spec.height, spec.width, spec.channels]));
  const at = (sigma: number): TF.Tensor => tf.fill([batch, 1], sigma);
  const network: DenoiseTensor = (x, sigma) => denoise(tf, spec, weights, { x, sigma: at(sigma), label }, interpretation);
  const { start } = schedule;
  if (!start) return drawTensors(tf, network, schedule, noise);
  const z = normals(tf, `${stream}/start`, [batch, startNumbers(start, spec)]);
  const [images, expected] = [z, tf.zerosLike(z)].map((numbers) =>
    startTensor(tf, start, spec, label as TF.Tensor2D, numbers as TF.Tensor2D),
  );
  return drawTensors(tf, network, schedule, noise, { images, expected });
}

/**
 * The algorithm of wasm-model/sampling/gaussian-start.ts for a batch of images with classes: label [B, K], z [B, F] ->
 * [B, H, W, C].
 */
export function startTensor(tf: Tf, start: Start, spec: NetworkSpec, label: TF.Tensor2D, z: TF.Tensor2D): TF.Tensor4D {
  const { squares, spread, means, factor } = start;
  const { height, width, channels } = spec;
  const size = startNumbers(start, spec);
  const lower = new Float32Array(size * size);
  for (let f = 0; f < size; f++) lower.set(factor.slice((f * (f + 1)) / 2, ((f + 1) * (f + 2)) / 2), f * size);
  const ofClass = tf.matMul(label, tf.tensor2d(means.flat(), [means.length, size]));
  const values = tf.add(ofClass, tf.mul(tf.matMul(z, tf.tensor2d(lower, [size, size]), false, true), spread));
  const map = tf.transpose(tf.reshape(values, [-1, channels, squares, squares]), [0, 2, 3, 1]);
  const places = (length: number): TF.Tensor1D =>
    tf.tensor1d(
      Array.from({ length }, (_, at) => squareAt(at, length, squares)),
      "int32",
    );
  return tf.gather(tf.gather(map, places(height), 1), places(width), 2) as TF.Tensor4D;
}
