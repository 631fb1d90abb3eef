/** The samplers, and the grids of noise levels that they descend: standard deviations in units of [-1, 1], which decrease from level 0 on. */
import { pow } from "./elementary.ts";
import type { Batch, Sampler } from "./sampler.ts";
import { addScaled, blend, contract, noiseAdder, slope } from "./vectors.ts";

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

export interface AldOptions extends Batch {
  /** Noise levels, decreasing; L of them. */
  readonly sigmas: readonly number[];
  /** T, Langevin steps at each level. */
  readonly stepsPerLevel: number;
  /** Base step, the stepSize at the last level. Steps are stable below epsilon = 4 sigma_L^2. */
  readonly epsilon: number;
}

/**
 * Annealed Langevin dynamics (Song & Ermon 2019, Algorithm 1): at each level i, T times
 *   x <- x + (a_i / 2) score + sqrt(a_i) z,  score = (D - x) / sigma_i^2,  a_i = epsilon sigma_i^2 / sigma_L^2.
 * Step t of level i takes draw 1 + i T + t. L T evaluations.
 *
 * The paper starts from uniform noise over the data range. Here it starts from x = sigma_0 z (draw 0) as the other
 * samplers do, which is close to the distribution of the noisiest level.
 */
export function* ald({ sigmas, stepsPerLevel, epsilon, ...batch }: AldOptions): Sampler {
  const x = new Float32Array(batch.images * batch.imageSize);
  const addNoise = noiseAdder(batch, x);
  const steps = stepSizes(sigmas, epsilon);

  addNoise(0, sigmas[0]);
  for (let level = 0; level < sigmas.length; level++) {
    const sigma = sigmas[level];
    const stepSize = steps[level];
    for (let t = 0; t < stepsPerLevel; t++) {
      const denoised = yield { x, sigma, level };
      contract(x, denoised, 1 - stepSize / (2 * sigma * sigma)); // = x + (stepSize / 2) score
      addNoise(1 + level * stepsPerLevel + t, Math.sqrt(stepSize));
    }
  }
  return x;
}

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
