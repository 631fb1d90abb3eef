import { expect, it } from "vitest";
import { ald, geometricSigmas, stepSizes } from "../../../wasm-model/sampling/samplers.ts";
import { drive, gaussianDenoiser, momentsOf, unitNoise } from "./closed-form.ts";

const [L, T] = [4, 5];
const sigmas = geometricSigmas({ steps: L, sigmaMin: 0.05, sigmaMax: 20 });

it.each([
  [0.3, 0.5, 0.2],
  [-0.7, 0.05, 0.4],
])("ald on a Gaussian has the exact mean and variance at every step: N(%d, %d^2), a = %d sigma^2", (mu, s, relativeStep) => {
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
