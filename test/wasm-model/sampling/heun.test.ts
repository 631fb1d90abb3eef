import { expect, it } from "vitest";
import { heun } from "../../../wasm-model/sampling/samplers.ts";
import { drive, flowGrid, gaussianDenoiser, momentsOf, shrinkage, unitNoise } from "./closed-form.ts";

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
