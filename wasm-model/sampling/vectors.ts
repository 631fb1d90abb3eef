/** The arithmetic of all samplers: float32 operations in the order written, so that it gives the same bits everywhere. */
import type { Batch } from "./sampler.ts";

const f = Math.fround;

/** x <- centre + ratio (x - centre). */
export function contract(x: Float32Array, centre: Float32Array, ratio: number): void {
  const r = f(ratio);
  for (let i = 0; i < x.length; i++) {
    const c = centre[i];
    x[i] = f(c + f(r * f(x[i] - c)));
  }
}

/** x <- x + scale z. */
export function addScaled(x: Float32Array, z: Float32Array, scale: number): void {
  const s = f(scale);
  for (let i = 0; i < x.length; i++) x[i] = f(x[i] + f(s * z[i]));
}

/** x <- factor x. */
export function scale(x: Float32Array, factor: number): void {
  const s = f(factor);
  for (let i = 0; i < x.length; i++) x[i] = f(s * x[i]);
}

/** out <- (x - denoised) / sigma = -sigma score: dx/dsigma of the probability-flow ODE. */
export function slope(out: Float32Array, x: Float32Array, denoised: Float32Array, sigma: number): void {
  const s = f(sigma);
  for (let i = 0; i < out.length; i++) out[i] = f(f(x[i] - denoised[i]) / s);
}

/** out <- weight a + (1 - weight) b. */
export function blend(out: Float32Array, a: Float32Array, b: Float32Array, weight: number): void {
  const u = f(weight);
  const v = f(1 - weight);
  for (let i = 0; i < out.length; i++) out[i] = f(f(u * a[i]) + f(v * b[i]));
}

/** `add(x, draw, scale)`: x <- x + scale z, with each image's own Gaussians z of that draw. */
export function noiseAdder(batch: Batch, x: Float32Array): (draw: number, scale: number) => void {
  const { images, imageSize, noise } = batch;
  const z = new Float32Array(imageSize);
  const views = Array.from({ length: images }, (_, b) => x.subarray(b * imageSize, (b + 1) * imageSize));
  return (draw, scale) => {
    for (let b = 0; b < images; b++) {
      noise(b, draw, z);
      addScaled(views[b], z, scale);
    }
  };
}
