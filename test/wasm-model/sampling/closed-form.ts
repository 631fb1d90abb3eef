/** Data laws whose denoiser is known exactly, and what is needed to follow a sampler on them number by number. */

import type { Evaluation, Noise, Sampler } from "../../../wasm-model/sampling/index.ts";
import { gaussians, seedState } from "../../../wasm-model/sampling/random.ts";
import { karrasSigmas } from "../../../wasm-model/sampling/samplers.ts";
import type { Schedule } from "../../../wasm-model/sampling/settings.ts";

/** D(x, sigma) of one number. */
export type PointDenoiser = (x: number, sigma: number) => number;

/** Share k of x - mean that survives denoising when the data law is N(mean, std^2): D = mean + k (x - mean). */
export const shrinkage = (std: number, sigma: number): number => std ** 2 / (std ** 2 + sigma ** 2);

export const gaussianDenoiser =
  (mean: number, std: number): PointDenoiser =>
  (x, sigma) =>
    mean + shrinkage(std, sigma) * (x - mean);

/**
 * Drives a sampler. `denoised` is always the same array and is overwritten between two evaluations, as a runtime may
 * do; `visit` sees every evaluation.
 */
export function drive(sampler: Sampler, denoise: PointDenoiser, visit?: (evaluation: Evaluation, index: number) => void): Float32Array {
  let denoised: Float32Array | undefined;
  let step = sampler.next();
  for (let index = 0; !step.done; index++) {
    const { x, sigma } = step.value;
    visit?.(step.value, index);
    denoised ??= new Float32Array(x.length);
    for (let i = 0; i < x.length; i++) denoised[i] = denoise(x[i], sigma);
    step = sampler.next(denoised);
    denoised.fill(Number.NaN);
  }
  return step.value;
}

/**
 * For a linear denoiser x is a linear function of all noise. Image j is given noise 1 in draw j and 0 in the others, so
 * its single number is exactly the coefficient of draw j. An image beyond the last draw has no noise at all: it shows
 * the mean.
 */
export const unitNoise: Noise = (image, draw, out) => out.fill(image === draw ? 1 : 0);

/** Mean and variance of x over all noise, from a run with `unitNoise` whose last image is beyond the last draw. */
export function momentsOf(x: Float32Array): { mean: number; variance: number } {
  const mean = x.at(-1)!;
  return { mean, variance: x.reduce((sum, value) => sum + (value - mean) ** 2, 0) };
}

/** The real thing: one Philox stream per image. */
export const seededNoise =
  (...seeds: string[]): Noise =>
  (image, draw, out) =>
    gaussians(seedState(seeds[image]), draw, out);

/** The noise levels that the solvers of the probability-flow ODE are tested on. */
export const flowGrid = (steps: number): number[] => karrasSigmas({ steps, sigmaMin: 0.05, sigmaMax: 20, rho: 7 });

/** The same churn in all steps, the same extrapolation at all levels but the last one, as a model's grid has them. */
export function steadySchedule(sigmas: readonly number[], churn: number, extrapolation: number): Schedule {
  const inner = sigmas.slice(1);
  return { sigmas, churn: inner.map(() => churn), extrapolation: inner.map((_, i) => (i === inner.length - 1 ? 1 : extrapolation)) };
}

/**
 * P(X <= x) of a standard Gaussian, to about 1e-14 relative also in the tails: the oracle of random.ts and of the
 * samplers.
 */
export function gaussianCdf(x: number): number {
  const density = Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
  const a = Math.abs(x);
  if (a < 2.5) {
    // 1/2 + density (x + x^3/3 + x^5/(3 5) + ...)
    let term = x;
    let sum = x;
    for (let k = 1; k < 60; k++) {
      term *= (x * x) / (2 * k + 1);
      sum += term;
    }
    return 0.5 + density * sum;
  }
  // Laplace's continued fraction: tail = density / (a + 1/(a + 2/(a + 3/(a + ...))))
  let fraction = a;
  for (let k = 200; k > 0; k--) fraction = a + k / fraction;
  return x < 0 ? density / fraction : 1 - density / fraction;
}
