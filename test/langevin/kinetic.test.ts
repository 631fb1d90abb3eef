import { describe, expect, it } from "vitest";
import { geometricSigmas } from "../../wasm-model/sampling/noise-levels.ts";
import { kinetic } from "../../worker/langevin/kinetic.ts";
import {
  drive,
  gaussianDenoiser,
  MIXTURE,
  mixtureCdf,
  mixtureDenoiser,
  momentsOf,
  seededNoise,
  shrinkage,
  unitNoise,
} from "../wasm-model/sampling/closed-form.ts";

/** Covariances of (x, u). */
interface Covariance {
  readonly xx: number;
  readonly xu: number;
  readonly uu: number;
}

/** One step on the law N(0, s^2) at noise level sigma, where d = slope x: kick, half drift, friction, half drift. */
function step({ xx, xu, uu }: Covariance, s: number, sigma: number, h: number, friction: number): Covariance {
  const slope = (1 - shrinkage(s, sigma)) / sigma;
  const kept = Math.exp(-friction * h);
  const drift = (h * sigma) / 2;
  const kick = -h * slope;
  // x' = a x + b u + drift z', u' = c x + kept u + z' with z' of the variance 1 - kept^2
  const a = 1 + drift * (1 + kept) * kick;
  const b = drift * (1 + kept);
  const c = kept * kick;
  const fresh = 1 - kept ** 2;
  return {
    xx: a * a * xx + 2 * a * b * xu + b * b * uu + drift ** 2 * fresh,
    xu: a * c * xx + (a * kept + b * c) * xu + b * kept * uu + drift * fresh,
    uu: c * c * xx + 2 * c * kept * xu + kept ** 2 * uu + fresh,
  };
}

describe("kinetic on a Gaussian", () => {
  it.each([
    [0.3, 0.5, 0.4, 1],
    [-0.7, 0.05, 1, 0.3],
    [0, 0.5, 0.4, 0],
  ])("has the exact mean and variance at every step: N(%d, %d^2), h = %d, friction %d", (mu, s, timeStep, friction) => {
    const [L, T] = [4, 5];
    const sigmas = geometricSigmas({ steps: L, sigmaMin: 0.05, sigmaMax: 20 });
    let covariance: Covariance = { xx: 400, xu: 0, uu: 1 };
    let mean: Covariance = { xx: mu * mu, xu: 0, uu: 0 }; // squares of the mean of (x - mu, u), which follows the same map without noise
    const noiseless = ({ xx, xu, uu }: Covariance, sigma: number): Covariance => {
      const with0 = step({ xx, xu, uu }, s, sigma, timeStep, friction);
      const none = step({ xx: 0, xu: 0, uu: 0 }, s, sigma, timeStep, friction);
      return { xx: with0.xx - none.xx, xu: with0.xu - none.xu, uu: with0.uu - none.uu };
    };
    const sampler = kinetic({ images: L * T + 2, imageSize: 1, noise: unitNoise, sigmas, stepsPerLevel: T, timeStep, friction });
    let seen = 0;
    let last = 0;
    const images = drive(sampler, gaussianDenoiser(mu, s), ({ x, sigma, level }, i) => {
      expect([level, sigma]).toEqual([Math.floor(i / T), sigmas[Math.floor(i / T)]]);
      const moments = momentsOf(x);
      const std = Math.sqrt(covariance.xx);
      expect(Math.abs(Math.sqrt(moments.variance) - std)).toBeLessThan(5e-6 * (1 + std));
      expect(Math.abs(Math.abs(moments.mean - mu) - Math.sqrt(Math.max(0, mean.xx)))).toBeLessThan(1e-5);
      last = std;
      covariance = step(covariance, s, sigma, timeStep, friction);
      mean = noiseless(mean, sigma);
      seen++;
    });
    expect(seen).toBe(L * T);
    expect(Math.abs(Math.sqrt(momentsOf(images).variance) - shrinkage(s, 0.05) * last)).toBeLessThan(5e-6 * (1 + last));
  });

  it.each([
    [0.1, 1],
    [0.45, 1],
    [1, 0.5],
    [1.5, 4],
  ])("has the Gaussian's variance as its stationary one, h = %d, friction %d", (timeStep, friction) => {
    const [s, sigma] = [0.5, 0.3];
    let covariance: Covariance = { xx: 9, xu: 0, uu: 0 }; // far from it
    for (let i = 0; i < 2000; i++) covariance = step(covariance, s, sigma, timeStep, friction);
    expect(Math.abs(covariance.xx / (s ** 2 + sigma ** 2) - 1)).toBeLessThan(1e-9);

    const pixels = 2 ** 14;
    const batch = { images: 1, imageSize: pixels, noise: seededNoise("stationary") };
    let x = new Float32Array();
    drive(kinetic({ ...batch, sigmas: [sigma], stepsPerLevel: 120, timeStep, friction }), gaussianDenoiser(0, s), (evaluation) => {
      x = evaluation.x.slice();
    });
    const variance = x.reduce((sum, value) => sum + value ** 2, 0) / pixels;
    expect(Math.abs(variance / (s ** 2 + sigma ** 2) - 1)).toBeLessThan(4 * Math.sqrt(2 / pixels));
  });
});

describe("kinetic on a mixture", () => {
  it("reaches the known distribution: its samples have the mixture's distribution function at the last noise level", () => {
    const pixels = 2048;
    const batch = { images: 1, imageSize: pixels, noise: seededNoise("mixture") };
    const sigmas = geometricSigmas({ steps: 6, sigmaMin: 0.05, sigmaMax: 1 });
    let x = new Float32Array();
    drive(kinetic({ ...batch, sigmas, stepsPerLevel: 60, timeStep: 0.7, friction: 1 }), mixtureDenoiser(MIXTURE), (evaluation) => {
      x = evaluation.x.slice();
    });
    const distance = x
      .sort()
      .reduce((worst, value, i) => Math.max(worst, Math.abs(mixtureCdf(MIXTURE, 0.05, value) - (i + 0.5) / pixels)), 0);
    expect(distance).toBeLessThan(1.3 * (1.95 / Math.sqrt(pixels))); // as in ald.test.ts
  });
});
