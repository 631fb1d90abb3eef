import type { Batch, Sampler } from "./sampler.ts";
import { contract, noiseAdder } from "./vectors.ts";

export interface EulerOptions extends Batch {
  /** Noise levels, decreasing. */
  readonly sigmas: readonly number[];
}

/**
 * Euler's method on the probability-flow ODE dx/dsigma = -sigma score = (x - D) / sigma (Karras et al. 2022, eq. 1 with
 * sigma(t) = t):
 *   x <- x + (sigma_{i+1} - sigma_i) (x - D) / sigma_i = D + (sigma_{i+1} / sigma_i) (x - D),
 * and a last step to sigma = 0, where that is D itself. It starts from x = sigma_0 z (draw 0) and is deterministic from
 * there. One evaluation per level.
 */
export function* euler({ sigmas, ...batch }: EulerOptions): Sampler {
  const x = new Float32Array(batch.images * batch.imageSize);
  const last = sigmas.length - 1;

  noiseAdder(batch, x)(0, sigmas[0]);
  for (let level = 0; level < last; level++) {
    const denoised = yield { x, sigma: sigmas[level], level };
    contract(x, denoised, sigmas[level + 1] / sigmas[level]);
  }
  x.set(yield { x, sigma: sigmas[last], level: last });
  return x;
}
