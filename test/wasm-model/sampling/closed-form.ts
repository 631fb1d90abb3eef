/** Data laws whose denoiser is known exactly, and what is needed to follow a sampler on them number by number. */

import type { Batch, Evaluation, Noise, Sampler } from "../../../wasm-model/sampling/index.ts";
import { karrasSigmas } from "../../../wasm-model/sampling/noise-levels.ts";
import { gaussians, seedState } from "../../../wasm-model/sampling/random.ts";

/** D(x, sigma) of one number. */
export type PointDenoiser = (x: number, sigma: number) => number;

/** Share k of x - mean that survives denoising when the data law is N(mean, std^2): D = mean + k (x - mean). */
export const shrinkage = (std: number, sigma: number): number => std ** 2 / (std ** 2 + sigma ** 2);

export const gaussianDenoiser =
  (mean: number, std: number): PointDenoiser =>
  (x, sigma) =>
    mean + shrinkage(std, sigma) * (x - mean);

export interface Component {
  readonly weight: number;
  readonly mean: number;
  readonly std: number;
}

/** Two modes of different weight and width inside the data range. */
export const MIXTURE: readonly Component[] = [
  { weight: 0.7, mean: -0.4, std: 0.2 },
  { weight: 0.3, mean: 0.4, std: 0.3 },
];

/** The components' own denoised values, weighted by how likely each is to have made x. */
export function mixtureDenoiser(components: readonly Component[]): PointDenoiser {
  const logLikelihoods = new Float64Array(components.length);
  return (x, sigma) => {
    let largest = -Infinity;
    for (let i = 0; i < components.length; i++) {
      const { weight, mean, std } = components[i];
      const variance = std * std + sigma * sigma;
      logLikelihoods[i] = Math.log(weight / Math.sqrt(variance)) - (0.5 * (x - mean) * (x - mean)) / variance;
      largest = Math.max(largest, logLikelihoods[i]);
    }
    let total = 0;
    let sum = 0;
    for (let i = 0; i < components.length; i++) {
      const { mean, std } = components[i];
      const likelihood = Math.exp(logLikelihoods[i] - largest);
      total += likelihood;
      sum += likelihood * (mean + shrinkage(std, sigma) * (x - mean));
    }
    return sum / total;
  };
}

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

/**
 * How fast a solver of the probability-flow ODE approaches the exact flow of the mixture as its grid gets finer: log2
 * of the ratio of the errors of 32 and 64 levels, 64 and 128, ... Measured at the last level, before the step to 0,
 * which has the same size on every grid.
 */
export function ordersOfConvergence(solver: (sigmas: readonly number[], batch: Batch) => Sampler): number[] {
  const denoise = mixtureDenoiser(MIXTURE);
  const batch: Batch = { images: 2, imageSize: 16, noise: seededNoise("a", "b") };
  const start = new Float32Array(32);
  batch.noise(0, 0, start.subarray(0, 16));
  batch.noise(1, 0, start.subarray(16));
  const exact = Array.from(start, (z) => flow(denoise, Math.fround(20 * z), flowGrid(2000)));
  const errors = [32, 64, 128, 256].map((steps) => {
    let last = new Float32Array();
    drive(solver(flowGrid(steps), batch), denoise, ({ x, level }) => {
      if (level === steps - 1) last = x.slice();
    });
    return Math.sqrt(last.reduce((sum, x, i) => sum + (x - exact[i]) ** 2, 0) / 32);
  });
  return errors.slice(1).map((error, i) => Math.log2(errors[i] / error));
}

/** Reference solution of dx/dsigma = (x - D) / sigma: the classical Runge-Kutta method of order 4 in float64. */
export function flow(denoise: PointDenoiser, x: number, sigmas: readonly number[]): number {
  const slope = (at: number, sigma: number) => (at - denoise(at, sigma)) / sigma;
  for (let i = 0; i + 1 < sigmas.length; i++) {
    const sigma = sigmas[i];
    const h = sigmas[i + 1] - sigma;
    const k1 = slope(x, sigma);
    const k2 = slope(x + (h / 2) * k1, sigma + h / 2);
    const k3 = slope(x + (h / 2) * k2, sigma + h / 2);
    const k4 = slope(x + h * k3, sigma + h);
    x += (h / 6) * (k1 + 2 * k2 + 2 * k3 + k4);
  }
  return x;
}
