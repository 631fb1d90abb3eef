import { describe, expect, it } from "vitest";
import { ald } from "../../../wasm-model/sampling/ald.ts";
import { geometricSigmas, stepSizes } from "../../../wasm-model/sampling/noise-levels.ts";
import { drive, gaussianDenoiser, MIXTURE, mixtureCdf, mixtureDenoiser, momentsOf, seededNoise, unitNoise } from "./closed-form.ts";

describe("ald on a Gaussian", () => {
  const [L, T] = [4, 5];
  const sigmas = geometricSigmas({ steps: L, sigmaMin: 0.05, sigmaMax: 20 });

  it.each([
    [0.3, 0.5, 0.2],
    [-0.7, 0.05, 0.4],
  ])("has the exact mean and variance at every step: N(%d, %d^2), a = %d sigma^2", (mu, s, relativeStep) => {
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
});

describe("ald on a mixture", () => {
  const pixels = 2048;
  const sigmas = geometricSigmas({ steps: 6, sigmaMin: 0.05, sigmaMax: 1 });

  /**
   * Largest distance of the samples' distribution function from that of the mixture at the last noise level
   * (Kolmogorov-Smirnov).
   */
  function distance(relativeStep: number, stepsPerLevel: number): number {
    const batch = { images: 1, imageSize: pixels, noise: seededNoise("mixture") };
    const sampler = ald({ ...batch, sigmas, stepsPerLevel, epsilon: relativeStep * 0.05 ** 2 });
    const sorted = drive(sampler, mixtureDenoiser(MIXTURE)).sort();
    return sorted.reduce((worst, x, i) => Math.max(worst, Math.abs(mixtureCdf(MIXTURE, 0.05, x) - (i + 0.5) / pixels)), 0);
  }

  it("approaches the known distribution as epsilon falls and T grows", () => {
    const coarse = distance(2, 2);
    const medium = distance(1, 10);
    const fine = distance(0.5, 80);
    expect(medium).toBeLessThan(0.75 * coarse);
    expect(fine).toBeLessThan(0.75 * medium);
    // As many samples of the law itself would be farther than 1.95 / sqrt(pixels) with probability 0.001; 30 % are left
    // for the bias.
    expect(fine).toBeLessThan(1.3 * (1.95 / Math.sqrt(pixels)));
  });
});
