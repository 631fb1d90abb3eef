import { describe, expect, it } from "vitest";
import { guidedDenoiser, guidedEvaluations } from "../../../wasm-model/sampling/index.ts";
import type { SamplingSettings } from "../../../wasm-model/sampling/settings.ts";
import { cardOf, TINY } from "../../support/random-model.ts";

/** What a network says of x: x / (1 + sigma) plus ten times the class, nothing for none. */
function network() {
  let calls = 0;
  const denoise = (x: Float32Array, sigma: number, labels: Float32Array): Float32Array => {
    calls++;
    const shift = 10 * labels.indexOf(1);
    return x.map((value) => value / (1 + sigma) + Math.max(0, shift));
  };
  return { denoise, calls: () => calls };
}

const x = Float32Array.from([2, -4]);
const labels = Float32Array.from([0, 0, 1]);

describe("guided", () => {
  it.each([
    [0, [1, -2]],
    [0.5, [11, 8]],
    [3, [61, 58]],
  ])("is D_uncond + %d (D_cond - D_uncond), from two evaluations", async (weight, expected) => {
    const { denoise, calls } = network();
    expect([...(await guidedDenoiser(denoise, weight)(x, 1, labels))]).toEqual(expected);
    expect(calls()).toBe(2);
    const asynchronous = guidedDenoiser(async (...input) => denoise(...input), weight);
    expect([...(await asynchronous(x, 1, labels))]).toEqual(expected);
  });

  it("is the denoiser itself at 1", () => {
    const { denoise } = network();
    expect(guidedDenoiser(denoise, 1)).toBe(denoise);
  });

  it("is the denoiser itself above the highest noise level that is guided", async () => {
    const { denoise, calls } = network();
    const limited = guidedDenoiser(denoise, 3, 0.5);
    expect(await limited(x, 0.6, labels)).toEqual(denoise(x, 0.6, labels));
    expect(calls()).toBe(2);
    expect(await limited(x, 0.5, labels)).toEqual(await guidedDenoiser(denoise, 3)(x, 0.5, labels));
  });
});

it("guidedEvaluations counts two for each noise level that is guided", () => {
  const sampling: SamplingSettings = { ...cardOf(TINY).sampling, sigmaMin: 0.1, sigmaMax: 10, stepsPerLevel: 5 };
  const limited = { ...sampling, guidanceSigmaMax: 2 };
  expect(guidedEvaluations(1, "langevin", 4, limited)).toBe(4);
  expect(guidedEvaluations(2, "langevin", 4, sampling)).toBe(8);
  expect(guidedEvaluations(2, "langevin", 4, limited)).toBe(6); // 10, 3.1, 0.73, 0.1
  expect(guidedEvaluations(2, "ald", 4, limited)).toBe(30); // 10, 2.15, 0.46, 0.1: five evaluations each
});
