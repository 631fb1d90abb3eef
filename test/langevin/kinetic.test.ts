import { expect, it } from "vitest";
import { kinetic } from "../../worker/langevin/kinetic.ts";
import { drive, gaussianDenoiser, momentsOf, shrinkage, unitNoise } from "../wasm-model/sampling/closed-form.ts";

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

it.each([
  [0.3, 0.5, 0.4, 1, 20],
  [-0.7, 0.05, 1, 0.3, 0.3],
  [0, 0.5, 0.4, 0, 2],
])(
  "kinetic on a Gaussian has the exact mean and variance at every step: N(%d, %d^2), h = %d, friction %d, sigma %d",
  (mu, s, timeStep, friction, sigma) => {
    const steps = 20;
    let covariance: Covariance = { xx: sigma ** 2, xu: 0, uu: 1 };
    let mean: Covariance = { xx: mu * mu, xu: 0, uu: 0 }; // squares of the mean of (x - mu, u), which follows the same map without noise
    const next = (law: Covariance): Covariance => step(law, s, sigma, timeStep, friction);
    const none = next({ xx: 0, xu: 0, uu: 0 });
    const check = (x: Float32Array): void => {
      const moments = momentsOf(x);
      const std = Math.sqrt(covariance.xx);
      expect(Math.abs(Math.sqrt(moments.variance) - std)).toBeLessThan(5e-6 * (1 + std));
      expect(Math.abs(Math.abs(moments.mean - mu) - Math.sqrt(Math.max(0, mean.xx)))).toBeLessThan(1e-5);
    };
    const sampler = kinetic({ images: steps + 3, imageSize: 1, noise: unitNoise, sigma, steps, timeStep, friction });
    let seen = 0;
    const images = drive(sampler, gaussianDenoiser(mu, s), ({ x }) => {
      check(x);
      covariance = next(covariance);
      const { xx, xu, uu } = next(mean);
      mean = { xx: xx - none.xx, xu: xu - none.xu, uu: uu - none.uu };
      seen++;
    });
    expect(seen).toBe(steps);
    check(images);
  },
);
