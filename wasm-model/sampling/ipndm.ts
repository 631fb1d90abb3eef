import type { Batch, Sampler } from "./sampler.ts";
import { addScaled, noiseAdder, slope } from "./vectors.ts";

/**
 * Weights of the newest slope, the one before it, ...: Adams and Bashforth's formulas of order 1 to 4 for steps of
 * equal size.
 */
const ADAMS_BASHFORTH = [[1], [3 / 2, -1 / 2], [23 / 12, -16 / 12, 5 / 12], [55 / 24, -59 / 24, 37 / 24, -9 / 24]] as const;

export interface IpndmOptions extends Batch {
  /** Noise levels, decreasing. */
  readonly sigmas: readonly number[];
  /** Most slopes that a step uses. */
  readonly order: 3 | 4;
}

/**
 * Improved PNDM (Zhang & Chen 2023, "Fast Sampling of Diffusion Models with Exponential Integrator", appendix H.2) on
 * the probability-flow ODE dx/dsigma = d(x, sigma) = (x - D) / sigma. The slope of a step is extrapolated from those of
 * earlier levels,
 *   x <- x + (sigma_{i+1} - sigma_i) sum_j b_j d_{i-j},
 * with the Adams-Bashforth weights b of the slopes so far, at most `order` of them. A last Euler step leads to sigma =
 * 0, which is D itself. It starts from x = sigma_0 z (draw 0) and is deterministic from there. One evaluation per
 * level.
 *
 * The weights assume equal steps, and the first step is Euler's. So with many levels the error decreases with the
 * square of their number, whatever `order` is. With few levels a higher order helps where the flow is smooth.
 */
export function* ipndm({ sigmas, order, ...batch }: IpndmOptions): Sampler {
  const x = new Float32Array(batch.images * batch.imageSize);
  const slopes = Array.from({ length: order }, () => new Float32Array(x.length)); // of level i at i mod order
  const last = sigmas.length - 1;

  noiseAdder(batch, x)(0, sigmas[0]);
  for (let level = 0; level < last; level++) {
    const sigma = sigmas[level];
    slope(slopes[level % order], x, yield { x, sigma, level }, sigma);
    const weights = ADAMS_BASHFORTH[Math.min(level, order - 1)];
    const step = sigmas[level + 1] - sigma;
    for (let j = 0; j < weights.length; j++) addScaled(x, slopes[(level - j) % order], step * weights[j]);
  }
  x.set(yield { x, sigma: sigmas[last], level: last });
  return x;
}
