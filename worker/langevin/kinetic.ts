/** Underdamped (kinetic) Langevin dynamics at one noise level. */
import { exp } from "../../wasm-model/sampling/elementary.ts";
import type { Batch, Sampler } from "../../wasm-model/sampling/sampler.ts";
import { addScaled, noiseAdder, scale, slope } from "../../wasm-model/sampling/vectors.ts";

export interface KineticOptions extends Batch {
  readonly sigma: number;
  readonly steps: number;
  /** h, in units of the level's own time. Steps are stable below h = 2. */
  readonly timeStep: number;
  /**
   * gamma: the share exp(-gamma h) of the momentum survives a step. gamma = 2 is critical damping for pure noise; as
   * gamma grows, the sampler approaches `ald` with a = (h sigma)^2.
   */
  readonly friction: number;
}

/**
 * The particles x with momenta u follow
 *   dx = sigma u dt,  du = sigma score dt - gamma u dt + sqrt(2 gamma) dW,  sigma score = (D - x) / sigma = -d,
 * whose stationary distribution is p_sigma(x) N(u; 0, 1). Integrated by the splitting "BAOAB" (Leimkuhler & Matthews
 * 2013), with the two half kicks around an evaluation merged into one:
 *   u <- u - h d;  x <- x + (h / 2) sigma u;  u <- e^{-gamma h} u + sqrt(1 - e^{-2 gamma h}) z;  x <- x + (h / 2) sigma u.
 * On a Gaussian the stationary variance of x is exact for every stable h.
 *
 * It starts from x = sigma z (draw 0) and u = z (draw 1); step t takes draw 2 + t. One evaluation a step.
 */
export function* kinetic({ sigma, steps, timeStep, friction, ...batch }: KineticOptions): Sampler {
  const x = new Float32Array(batch.images * batch.imageSize);
  const u = new Float32Array(x.length);
  const d = new Float32Array(x.length);
  const addMomentum = noiseAdder(batch, u);
  const kept = exp(-friction * timeStep);
  const fresh = Math.sqrt(1 - kept * kept);

  noiseAdder(batch, x)(0, sigma);
  addMomentum(1, 1);
  for (let step = 0; step < steps; step++) {
    slope(d, x, yield { x, sigma, level: 0 }, sigma);
    addScaled(u, d, -timeStep);
    addScaled(x, u, (timeStep * sigma) / 2);
    scale(u, kept);
    addMomentum(2 + step, fresh);
    addScaled(x, u, (timeStep * sigma) / 2);
  }
  return x;
}
