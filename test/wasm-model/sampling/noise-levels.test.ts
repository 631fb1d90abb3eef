import { describe, expect, it } from "vitest";
import { geometricSigmas, karrasSigmas, stepSizes } from "../../../wasm-model/sampling/samplers.ts";

describe.each([
  ["karrasSigmas", (steps: number) => karrasSigmas({ steps, sigmaMin: 0.05, sigmaMax: 20, rho: 7 })],
  ["geometricSigmas", (steps: number) => geometricSigmas({ steps, sigmaMin: 0.05, sigmaMax: 20 })],
])("%s", (_, sigmas) => {
  it.each([2, 8])("falls from sigmaMax to sigmaMin, both exact, in %i levels", (steps) => {
    const levels = sigmas(steps);
    expect(levels).toHaveLength(steps);
    expect(levels[0]).toBe(20);
    expect(levels.at(-1)).toBe(0.05);
    for (let i = 1; i < steps; i++) expect(levels[i]).toBeLessThan(levels[i - 1]);
  });
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
