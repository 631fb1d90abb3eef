/** The samplers on Gaussians, step by step, and the grids that they descend. */
import { describe, expect, it } from "vitest";
import { ald, geometricSigmas, heun, karrasSigmas, langevin, stepSizes } from "../../../wasm-model/sampling/samplers.ts";
import type { Schedule } from "../../../wasm-model/sampling/settings.ts";
import { drive, flowGrid, gaussianDenoiser, momentsOf, shrinkage, steadySchedule, unitNoise } from "./closed-form.ts";

const STEPS = 8;
const sigmas = karrasSigmas({ steps: STEPS, sigmaMin: 0.05, sigmaMax: 20, rho: 7 });
/** float32 arithmetic over eight steps, on numbers of the size of 1 (noise: of its own size). */
const ROUNDING = 2e-6;

interface Moments {
  readonly mean: number;
  readonly variance: number;
}

/** `prior`: what is expected before the first evaluation, and the first extrapolation from it. */
interface Case extends Schedule {
  readonly prior?: { readonly mean: number; readonly extrapolation: number };
}

/**
 * Mean and variance of x at every level, then of the result, on the law N(mu, s^2), where x and the previous denoised d
 * are linear (about mu):
 *   x' = ((1 - r) g k + r) x + (1 - r)(1 - g) d + sigma' sqrt(c) z,  d' = k x,  r = (sigma' / sigma) sqrt(1 - c),  k =
 *   s^2 / (s^2 + sigma^2).
 */
function exactMoments(mu: number, s: number, { churn, extrapolation, prior }: Case): Moments[] {
  let [x, d] = [-mu, prior ? prior.mean - mu : 0];
  let [xx, xd, dd] = [sigmas[0] ** 2, 0, 0];
  const moments = sigmas.map((sigma, i) => {
    const here = { mean: mu + x, variance: xx };
    const next = sigmas[i + 1] ?? 0;
    const k = shrinkage(s, sigma);
    const c = churn[i] ?? 0; // to the "level" 0 after the last the step is to D~ itself
    const r = (next / sigma) * Math.sqrt(1 - c);
    const g = [prior?.extrapolation ?? 1, ...extrapolation][i];
    const a = (1 - r) * g * k + r;
    const b = (1 - r) * (1 - g);
    [x, d] = [a * x + b * d, k * x];
    [xx, xd, dd] = [a * a * xx + 2 * a * b * xd + b * b * dd + next ** 2 * c, k * (a * xx + b * xd), k * k * xx];
    return here;
  });
  return [...moments, { mean: mu + x, variance: xx }];
}

describe("langevin on a Gaussian", () => {
  describe.each<[string, Case]>([
    ["no churn, no extrapolation", steadySchedule(sigmas, 0, 1)],
    ["churn 0.6, no extrapolation", steadySchedule(sigmas, 0.6, 1)],
    ["no churn, extrapolation 1.5", steadySchedule(sigmas, 0, 1.5)],
    ["churn 0.85, extrapolation 1.5", steadySchedule(sigmas, 0.85, 1.5)],
    ["all noise fresh, extrapolation 1.6", steadySchedule(sigmas, 1, 1.6)],
    [
      "churn and extrapolation of their own at every step, the last level included",
      { sigmas, churn: [0, 0.9, 0.2, 1, 0.5, 0.7, 0.3], extrapolation: [1.2, 2, 0.8, 1.6, 1, 1.9, 1.3] },
    ],
    ["extrapolation from what is expected at first", { ...steadySchedule(sigmas, 0.85, 1.5), prior: { mean: 0.2, extrapolation: 1.4 } }],
  ])("%s", (_, { prior, ...schedule }) => {
    it.each([
      [0.3, 0.5],
      [-0.7, 0.02],
    ])("has the exact mean and variance at every step, for N(%d, %d^2)", (mu, s) => {
      const seen: Float32Array[] = [];
      const begun = prior && { expected: new Float32Array(STEPS + 1).fill(prior.mean), start: prior };
      const sampler = langevin({ images: STEPS + 1, imageSize: 1, noise: unitNoise, ...schedule, ...begun });
      const images = drive(sampler, gaussianDenoiser(mu, s), ({ x, sigma, level }, i) => {
        expect([sigma, level]).toEqual([sigmas[i], i]);
        seen.push(x.slice());
      });
      const exact = exactMoments(mu, s, { ...schedule, ...(prior && { prior }) });
      expect(seen).toHaveLength(STEPS);
      [...seen, images].forEach((x, i) => {
        const { mean, variance } = momentsOf(x);
        const std = Math.sqrt(exact[i].variance);
        expect(Math.abs(mean - exact[i].mean)).toBeLessThan(ROUNDING);
        expect(Math.abs(Math.sqrt(variance) - std)).toBeLessThan(ROUNDING * (1 + std));
      });
    });
  });
});

it.each([
  [0.3, 0.5, 0.2],
  [-0.7, 0.05, 0.4],
])("ald on a Gaussian has the exact mean and variance at every step: N(%d, %d^2), a = %d sigma^2", (mu, s, relativeStep) => {
  const [L, T] = [4, 5];
  const sigmas = geometricSigmas({ steps: L, sigmaMin: 0.05, sigmaMax: 20 });
  const epsilon = relativeStep * 0.05 ** 2;
  // x - mu is multiplied by 1 - (a/2) / (s^2 + sigma^2), the Gaussian's score, and gets fresh noise of variance a.
  const exact = [{ mean: 0, variance: 400 }];
  stepSizes(sigmas, epsilon).forEach((a, level) => {
    for (let t = 0; t < T; t++) {
      const { mean, variance } = exact.at(-1)!;
      const factor = 1 - a / 2 / (s ** 2 + sigmas[level] ** 2);
      exact.push({ mean: mu + factor * (mean - mu), variance: factor ** 2 * variance + a });
    }
  });

  const seen: Float32Array[] = [];
  const sampler = ald({ images: 2 + L * T, imageSize: 1, noise: unitNoise, sigmas, stepsPerLevel: T, epsilon });
  const images = drive(sampler, gaussianDenoiser(mu, s), ({ x, sigma, level }, i) => {
    expect(level).toBe(Math.min(Math.floor(i / T), L - 1));
    expect(sigma).toBe(sigmas[level]);
    seen.push(x.slice());
  });
  expect(seen).toHaveLength(L * T);
  [...seen, images].forEach((x, i) => {
    const { mean, variance } = momentsOf(x);
    const std = Math.sqrt(exact[i].variance);
    expect(Math.abs(mean - exact[i].mean)).toBeLessThan(2e-6);
    expect(Math.abs(Math.sqrt(variance) - std)).toBeLessThan(2e-6 * (1 + std));
  });
});

it("heun on a Gaussian multiplies x - mean by Heun's factor, exactly, at every step and half step", () => {
  const [mu, s] = [-0.4, 0.5];
  const sigmas = flowGrid(10);
  let factor = 1;
  const exact: { factor: number; sigma: number; level: number }[] = [{ factor, sigma: 20, level: 0 }];
  for (let i = 0; i + 1 < sigmas.length; i++) {
    const [sigma, next] = [sigmas[i], sigmas[i + 1]];
    const h = next - sigma;
    const slope = (at: number) => (1 - shrinkage(s, at)) / at; // d = slope (x - mu)
    const predicted = 1 + h * slope(sigma);
    exact.push({ factor: factor * predicted, sigma: next, level: i + 1 });
    factor *= 1 + (h / 2) * (slope(sigma) + slope(next) * predicted);
    exact.push({ factor, sigma: next, level: i + 1 });
  }
  const expectMoments = (x: Float32Array, factor: number) => {
    const { mean, variance } = momentsOf(x);
    expect(Math.abs(mean - mu * (1 - factor))).toBeLessThan(2e-6);
    expect(Math.abs(variance / (20 * factor) ** 2 - 1)).toBeLessThan(1e-5); // slopes of the size of 1 times steps of 10, in float32
  };
  let evaluations = 0;
  const sampler = heun({ images: 2, imageSize: 1, noise: unitNoise, sigmas });
  const images = drive(sampler, gaussianDenoiser(mu, s), ({ x, sigma, level }, i) => {
    expect({ sigma, level }).toEqual({ sigma: exact[i].sigma, level: exact[i].level });
    expectMoments(x, exact[i].factor);
    evaluations++;
  });
  expect(evaluations).toBe(19);
  expectMoments(images, factor * shrinkage(s, 0.05));
});

it("karrasSigmas is Karras et al.'s grid", () => {
  // deterministic choices of the paper: 18 levels, 0.002 to 80, rho 7
  const levels = karrasSigmas({ steps: 18, sigmaMin: 0.002, sigmaMax: 80, rho: 7 });
  levels.forEach((sigma, i) => {
    const expected = (80 ** (1 / 7) + (i / 17) * (0.002 ** (1 / 7) - 80 ** (1 / 7))) ** 7;
    expect(Math.abs(sigma / expected - 1)).toBeLessThan(1e-13);
  });
});

it("geometricSigmas have a constant ratio", () => {
  const levels = geometricSigmas({ steps: 10, sigmaMin: 0.05, sigmaMax: 20 });
  for (let i = 1; i < 10; i++) expect(levels[i] / levels[i - 1]).toBeCloseTo((0.05 / 20) ** (1 / 9), 13);
});

it("stepSizes are epsilon at the last level and in proportion to sigma^2", () => {
  expect(stepSizes([4, 2, 0.5], 0.01)).toEqual([0.64, 0.16, 0.01]);
});
