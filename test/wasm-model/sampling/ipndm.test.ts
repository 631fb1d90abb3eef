import { describe, expect, it } from "vitest";
import { ipndm } from "../../../wasm-model/sampling/ipndm.ts";
import { drive, flowGrid, gaussianDenoiser, momentsOf, ordersOfConvergence, shrinkage, unitNoise } from "./closed-form.ts";

/**
 * Adams and Bashforth's weights from their definition: the integral over one step of the polynomial through the slopes
 * at 0, -1, -2, ...
 */
function weights(count: number): number[] {
  return Array.from({ length: count }, (_, j) => {
    let polynomial = [1]; // Lagrange's, coefficients from the constant term up
    for (let k = 0; k < count; k++) {
      if (k === j) continue;
      const times = (c: number, power: number) => ((polynomial[power - 1] ?? 0) + k * (polynomial[power] ?? 0)) / c;
      polynomial = Array.from({ length: polynomial.length + 1 }, (_, power) => times(k - j, power));
    }
    return polynomial.reduce((sum, c, power) => sum + c / (power + 1), 0);
  });
}

describe.each([3, 4] as const)("ipndm of order %i", (order) => {
  it("has the exact mean and variance on a Gaussian, at every step", () => {
    const [mu, s] = [-0.4, 0.5];
    const sigmas = flowGrid(12);
    let factor = 1;
    const slopes: number[] = []; // newest first
    const expectMoments = (x: Float32Array) => {
      const { mean, variance } = momentsOf(x);
      expect(Math.abs(mean - mu * (1 - factor))).toBeLessThan(5e-6);
      expect(Math.abs(Math.sqrt(variance) - 20 * Math.abs(factor))).toBeLessThan(5e-5); // sums of terms of the size of 20, in float32
    };
    const sampler = ipndm({ images: 2, imageSize: 1, noise: unitNoise, sigmas, order });
    const images = drive(sampler, gaussianDenoiser(mu, s), ({ x, sigma, level }, i) => {
      expect([level, sigma]).toEqual([i, sigmas[i]]);
      expectMoments(x);
      if (i === sigmas.length - 1) {
        factor *= shrinkage(s, sigma);
        return;
      }
      slopes.unshift(((1 - shrinkage(s, sigma)) / sigma) * factor);
      const b = weights(Math.min(i + 1, order));
      factor += (sigmas[i + 1] - sigma) * b.reduce((sum, weight, j) => sum + weight * slopes[j], 0);
    });
    expectMoments(images);
  });

  it(`integrates a slope that is a polynomial of degree ${order - 1} in sigma exactly, once it has ${order} slopes`, () => {
    const sigmas = Array.from({ length: 12 }, (_, i) => 4 - i / 4);
    const integral = (sigma: number) => (sigma / 4) ** order; // x along the exact flow
    const slope = (sigma: number) => (order / 4) * (sigma / 4) ** (order - 1);
    const seen: number[] = [];
    drive(
      ipndm({ images: 1, imageSize: 1, noise: unitNoise, sigmas, order }),
      (x, sigma) => x - sigma * slope(sigma),
      ({ x }) => {
        seen.push(x[0]);
      },
    );
    for (let i = order; i < sigmas.length; i++) {
      expect(Math.abs(seen[i] - seen[i - 1] - (integral(sigmas[i]) - integral(sigmas[i - 1])))).toBeLessThan(2e-6);
    }
  });

  it("has order of convergence 2, as unequal steps and its start allow", () => {
    for (const measured of ordersOfConvergence((sigmas, batch) => ipndm({ ...batch, sigmas, order }))) {
      expect(measured).toBeGreaterThan(1.7);
      expect(measured).toBeLessThan(2.5);
    }
  });
});
