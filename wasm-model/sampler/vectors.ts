/**
 * The arithmetic of all samplers, on arrays of equal length. Every operation is a float32 operation (of the rounded coefficient), in the
 * order written: another implementation of these few functions, such as a SIMD one, gives the same bits and may be passed in its place. This one takes
 * less than 1 % of an image's time beside the network (a CPU profile of `npm run bench`), so there is no other.
 */
import type { Batch } from "./sampler.ts";

export interface Vectors {
  /** x <- centre + ratio (x - centre). */
  contract(x: Float32Array, centre: Float32Array, ratio: number): void;
  /** x <- x + scale z. */
  addScaled(x: Float32Array, z: Float32Array, scale: number): void;
  /** x <- factor x. */
  scale(x: Float32Array, factor: number): void;
  /** out <- (x - denoised) / sigma = -sigma score: dx/dsigma of the probability-flow ODE. */
  slope(out: Float32Array, x: Float32Array, denoised: Float32Array, sigma: number): void;
  /** out <- weight a + (1 - weight) b. */
  blend(out: Float32Array, a: Float32Array, b: Float32Array, weight: number): void;
}

const f = Math.fround;

export function contract(x: Float32Array, centre: Float32Array, ratio: number): void {
  const r = f(ratio);
  for (let i = 0; i < x.length; i++) {
    const c = centre[i]!;
    x[i] = f(c + f(r * f(x[i]! - c)));
  }
}

export function addScaled(x: Float32Array, z: Float32Array, scale: number): void {
  const s = f(scale);
  for (let i = 0; i < x.length; i++) x[i] = f(x[i]! + f(s * z[i]!));
}

export function scale(x: Float32Array, factor: number): void {
  const s = f(factor);
  for (let i = 0; i < x.length; i++) x[i] = f(s * x[i]!);
}

export function slope(out: Float32Array, x: Float32Array, denoised: Float32Array, sigma: number): void {
  const s = f(sigma);
  for (let i = 0; i < out.length; i++) out[i] = f(f(x[i]! - denoised[i]!) / s);
}

export function blend(out: Float32Array, a: Float32Array, b: Float32Array, weight: number): void {
  const u = f(weight);
  const v = f(1 - weight);
  for (let i = 0; i < out.length; i++) out[i] = f(f(u * a[i]!) + f(v * b[i]!));
}

const TYPESCRIPT: Vectors = { contract, addScaled, scale, slope, blend };

/** The batch's own arithmetic, else this one. */
export const vectorsOf = ({ vectors = TYPESCRIPT }: Batch): Vectors => vectors;

/** `add(x, draw, scale)`: x <- x + scale z, with each image's own Gaussians z of that draw. */
export function noiseAdder(batch: Batch, x: Float32Array): (draw: number, scale: number) => void {
  const { images, imageSize, noise } = batch;
  const { addScaled } = vectorsOf(batch);
  const z = new Float32Array(imageSize);
  const views = Array.from({ length: images }, (_, b) => x.subarray(b * imageSize, (b + 1) * imageSize));
  return (draw, scale) => {
    for (let b = 0; b < images; b++) {
      noise(b, draw, z);
      addScaled(views[b]!, z, scale);
    }
  };
}
