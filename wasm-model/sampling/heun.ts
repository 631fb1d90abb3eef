import type { Batch, Sampler } from "./sampler.ts";
import { addScaled, noiseAdder, slope } from "./vectors.ts";

/**
 * Heun's method on the probability-flow ODE dx/dsigma = d(x, sigma) = (x - D) / sigma (Karras et al. 2022, Algorithm 1
 * with sigma(t) = t). With h = sigma_{i+1} - sigma_i:
 *   x' = x + h d(x, sigma_i),  x <- x + (h / 2) (d(x, sigma_i) + d(x', sigma_{i+1})),
 * and a last Euler step to sigma = 0, which is D itself. It starts from x = sigma_0 z (draw 0) and is deterministic
 * from there. Order 2, at two evaluations for each level but the last: 2 N - 1.
 */
export function* heun({ sigmas, ...batch }: Batch & { readonly sigmas: readonly number[] }): Sampler {
  const x = new Float32Array(batch.images * batch.imageSize);
  const predicted = new Float32Array(x.length);
  const first = new Float32Array(x.length);
  const second = new Float32Array(x.length);
  const last = sigmas.length - 1;

  noiseAdder(batch, x)(0, sigmas[0]);
  for (let level = 0; level < last; level++) {
    const sigma = sigmas[level];
    const next = sigmas[level + 1];
    const step = next - sigma;
    slope(first, x, yield { x, sigma, level }, sigma);
    predicted.set(x);
    addScaled(predicted, first, step);
    slope(second, predicted, yield { x: predicted, sigma: next, level: level + 1 }, next);
    addScaled(x, first, step / 2);
    addScaled(x, second, step / 2);
  }
  x.set(yield { x, sigma: sigmas[last], level: last });
  return x;
}
