/** Noise levels, standard deviations in units of [-1, 1] that decrease from level 0 on, and Langevin step sizes. */
import { pow } from "./elementary.ts";

export interface NoiseRange {
  /** Number of noise levels, an integer of at least 1; a single level is sigmaMax. */
  readonly steps: number;
  /** 0 < sigmaMin < sigmaMax. */
  readonly sigmaMin: number;
  readonly sigmaMax: number;
}

/**
 * sigma_i = (sigmaMax^(1/rho) + i/(N-1) (sigmaMin^(1/rho) - sigmaMax^(1/rho)))^rho for i < N = steps (Karras et al.
 * 2022, eq. 5, without its final 0). rho > 0: the larger, the more levels lie near sigmaMin.
 */
export function karrasSigmas({ rho, ...range }: NoiseRange & { readonly rho: number }): number[] {
  const first = pow(range.sigmaMax, 1 / rho);
  const last = pow(range.sigmaMin, 1 / rho);
  return levels(range, (t) => pow(first + t * (last - first), rho));
}

/** sigmaMax (sigmaMin / sigmaMax)^(i/(L-1)), i < L = steps (Song & Ermon 2019, section 4.2). */
export function geometricSigmas(range: NoiseRange): number[] {
  return levels(range, (t) => range.sigmaMax * pow(range.sigmaMin / range.sigmaMax, t));
}

/** a_i = epsilon sigma_i^2 / sigma_L^2, where sigma_L is the last level (Song & Ermon 2019, Algorithm 1, line 3). */
export function stepSizes(sigmas: readonly number[], epsilon: number): number[] {
  const last = sigmas.at(-1)!;
  return sigmas.map((sigma) => (epsilon * sigma * sigma) / (last * last));
}

/** Levels from sigmaMax to sigmaMin, both exact; `interior(t)` gives those between, at 0 < t < 1. */
function levels({ steps, sigmaMin, sigmaMax }: NoiseRange, interior: (t: number) => number): number[] {
  return Array.from({ length: steps }, (_, i) => (i === 0 ? sigmaMax : i === steps - 1 ? sigmaMin : interior(i / (steps - 1))));
}
