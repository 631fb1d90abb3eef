import { describe, expect, it } from "vitest";
import { karrasSigmas, langevin } from "../../../wasm-model/sampling/samplers.ts";
import type { Schedule } from "../../../wasm-model/sampling/settings.ts";
import { drive, gaussianDenoiser, momentsOf, shrinkage, steadySchedule, unitNoise } from "./closed-form.ts";

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
