import { describe, expect, it } from "vitest";
import { euler } from "../../../wasm-model/sampling/euler.ts";
import { langevin } from "../../../wasm-model/sampling/langevin.ts";
import { karrasSigmas } from "../../../wasm-model/sampling/noise-levels.ts";
import { steadySchedule } from "../../support/schedules.ts";
import {
  drive,
  gaussianDenoiser,
  MIXTURE,
  mixtureDenoiser,
  momentsOf,
  ordersOfConvergence,
  seededNoise,
  shrinkage,
  unitNoise,
} from "./closed-form.ts";

const grid = (steps: number) => karrasSigmas({ steps, sigmaMin: 0.05, sigmaMax: 20, rho: 7 });

describe("euler on a Gaussian", () => {
  it("multiplies x - mean by k + (1 - k) sigma' / sigma, exactly, at every step", () => {
    const [mu, s] = [-0.4, 0.5];
    const sigmas = grid(10);
    let factor = 1;
    const expectMoments = (x: Float32Array) => {
      const { mean, variance } = momentsOf(x);
      expect(Math.abs(mean - mu * (1 - factor))).toBeLessThan(1e-6);
      expect(Math.abs(variance / (20 * factor) ** 2 - 1)).toBeLessThan(1e-6);
    };
    const sampler = euler({ images: 2, imageSize: 1, noise: unitNoise, sigmas });
    const images = drive(sampler, gaussianDenoiser(mu, s), ({ x, sigma, level }) => {
      expectMoments(x);
      expect(sigma).toBe(sigmas[level]);
      const k = shrinkage(s, sigma);
      factor *= k + ((1 - k) * (sigmas[level + 1] ?? 0)) / sigma;
    });
    expectMoments(images);
  });

  it("approaches the exact flow x - mean ~ sqrt(s^2 + sigma^2)", () => {
    const s = 0.5;
    const [x] = drive(euler({ images: 1, imageSize: 1, noise: unitNoise, sigmas: grid(1000) }), gaussianDenoiser(0, s));
    expect(Math.abs(x! / (20 * Math.sqrt(s ** 2 / (s ** 2 + 400))) - 1)).toBeLessThan(0.01);
  });
});

describe("euler on a mixture", () => {
  const denoise = mixtureDenoiser(MIXTURE);
  const batch = { images: 2, imageSize: 16, noise: seededNoise("a", "b") };

  it("equals langevin without churn and extrapolation, bit for bit", () => {
    const bits = (values: Float32Array) => [...new Uint32Array(values.buffer)];
    const seen: number[][] = [];
    const images = drive(euler({ ...batch, sigmas: grid(12) }), denoise, ({ x }) => seen.push(bits(x.slice())));
    const same = drive(langevin({ ...batch, ...steadySchedule(grid(12), 0, 1) }), denoise, ({ x }, i) => {
      expect(bits(x.slice())).toEqual(seen[i]);
    });
    expect(bits(same)).toEqual(bits(images));
  });

  it("has order of convergence 1", () => {
    for (const order of ordersOfConvergence((sigmas, batch) => euler({ ...batch, sigmas }))) {
      expect(order).toBeGreaterThan(0.9);
      expect(order).toBeLessThan(1.1);
    }
  });
});
