import type { Batch, Sampler } from "./sampler.ts";
import { blend, contract, noiseAdder } from "./vectors.ts";

export interface LangevinOptions extends Batch {
  /** Noise levels, decreasing; N of them. */
  readonly sigmas: readonly number[];
  /** c_0 to c_{N-2}, the share of fresh noise in the step from level i, 0 to 1; 0 is deterministic. */
  readonly churn: readonly number[];
  /** g_1 to g_{N-1}, the weight of level i's denoised image against the one before it; 1 = no extrapolation, usually 1 to 2. */
  readonly extrapolation: readonly number[];
  /** g_0, the weight of the first denoised image against D_{-1}, the batch's `expected`. */
  readonly start?: { readonly extrapolation: number };
}

/**
 * Multistep annealed Langevin dynamics. One step from level i to i+1, with D_i = D(x, sigma_i):
 *   D~ = g_i D_i + (1 - g_i) D_{i-1}   (D~ = D_0 at the first level if nothing is `expected`)
 *   x <- D~ + (sigma_{i+1} / sigma_i) sqrt(1 - c_i) (x - D~) + sigma_{i+1} sqrt(c_i) z ; at the last level return D~.
 * The old noise shrinks, and fresh noise fills up to sigma_{i+1}. It starts from x = sigma_0 z (draw 0); step i takes
 * draw i + 1. One evaluation per level.
 *
 * With g = 1 it is consistent annealed sampling (Jolicoeur-Martineau et al. 2021) with eta = 1 - (sigma_{i+1} /
 * sigma_i) sqrt(1 - c). If also c = 0, it is Euler's method on the probability-flow ODE dx/dsigma = -sigma score
 * (Karras et al. 2022, eq. 1 with sigma(t) = t).
 */
export function* langevin({ sigmas, churn, extrapolation, start, ...batch }: LangevinOptions): Sampler {
  const x = new Float32Array(batch.images * batch.imageSize);
  const previous = new Float32Array(x.length);
  const extrapolated = new Float32Array(x.length);
  const addNoise = noiseAdder(batch, x);
  const last = sigmas.length - 1;
  const { expected } = batch;
  const weights = [expected && start ? start.extrapolation : 1, ...extrapolation];

  if (expected) previous.set(expected);
  addNoise(0, sigmas[0]);
  for (let level = 0; ; level++) {
    const sigma = sigmas[level];
    const denoised = yield { x, sigma, level };
    blend(extrapolated, denoised, previous, weights[level]);
    if (level === last) return extrapolated;
    previous.set(denoised);
    const c = churn[level];
    const next = sigmas[level + 1];
    contract(x, extrapolated, (next / sigma) * Math.sqrt(1 - c));
    if (c > 0) addNoise(level + 1, next * Math.sqrt(c));
  }
}
