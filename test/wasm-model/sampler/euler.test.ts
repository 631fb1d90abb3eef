import { describe, expect, it } from "vitest";
import { euler } from "../../../wasm-model/sampler/euler.ts";
import { langevin } from "../../../wasm-model/sampler/langevin.ts";
import { karrasSigmas } from "../../../wasm-model/schedule.ts";
import {
  drive,
  gaussianDenoiser,
  MIXTURE,
  mixtureDenoiser,
  momentsOf,
  type PointDenoiser,
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
    const same = drive(langevin({ ...batch, sigmas: grid(12), churn: 0, extrapolation: 1 }), denoise, ({ x }, i) => {
      expect(bits(x.slice())).toEqual(seen[i]);
    });
    expect(bits(same)).toEqual(bits(images));
  });

  it("has order of convergence 1", () => {
    /** x at the last level, before the step to 0, which has the same size on every grid. */
    const atLastLevel = (steps: number) => {
      let last = new Float32Array();
      drive(euler({ ...batch, sigmas: grid(steps) }), denoise, ({ x, level }) => {
        if (level === steps - 1) last = x.slice();
      });
      return last;
    };
    const start = new Float32Array(32);
    batch.noise(0, 0, start.subarray(0, 16));
    batch.noise(1, 0, start.subarray(16));
    const reference = Array.from(start, (z) => flow(denoise, Math.fround(20 * z), grid(2000)));
    const error = (steps: number) => Math.sqrt(atLastLevel(steps).reduce((sum, x, i) => sum + (x - reference[i]!) ** 2, 0) / 32);

    const errors = [32, 64, 128, 256].map(error);
    for (let i = 1; i < errors.length; i++) {
      const order = Math.log2(errors[i - 1]! / errors[i]!);
      expect(order).toBeGreaterThan(0.9);
      expect(order).toBeLessThan(1.1);
    }
  });
});

/** Reference solution of dx/dsigma = (x - D) / sigma: the classical Runge-Kutta method of order 4 in float64. */
function flow(denoise: PointDenoiser, x: number, sigmas: readonly number[]): number {
  const slope = (at: number, sigma: number) => (at - denoise(at, sigma)) / sigma;
  for (let i = 0; i + 1 < sigmas.length; i++) {
    const sigma = sigmas[i]!;
    const h = sigmas[i + 1]! - sigma;
    const k1 = slope(x, sigma);
    const k2 = slope(x + (h / 2) * k1, sigma + h / 2);
    const k3 = slope(x + (h / 2) * k2, sigma + h / 2);
    const k4 = slope(x + h * k3, sigma + h);
    x += (h / 6) * (k1 + 2 * k2 + 2 * k3 + k4);
  }
  return x;
}
