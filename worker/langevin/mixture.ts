/**
 * Mixtures of round Gaussians. With noise added they are mixtures again, so that their denoiser, and with it the score,
 * is exact at every noise level.
 */

import type { ParticleDenoiser } from "./particles.ts";
import type { Density } from "./target.ts";

export interface Component {
  readonly weight: number;
  readonly x: number;
  readonly y: number;
  readonly std: number;
}

/** e^-25 of the largest term, even 250 times, changes no bit of a float32 sum. */
const NEGLIGIBLE = -25;

/** A mixture with noise of level sigma: the components' numbers, side by side. v = std^2 + sigma^2. */
function mixtureWithNoise(components: readonly Component[], sigma: number) {
  const variances = Float64Array.from(components, ({ std }) => std * std + sigma * sigma);
  return {
    sigma,
    x: Float64Array.from(components, ({ x }) => x),
    y: Float64Array.from(components, ({ y }) => y),
    /** -1 / (2 v) */
    exponents: variances.map((v) => -0.5 / v),
    /** log(weight / v), up to a constant */
    heights: variances.map((v, i) => Math.log(components[i].weight / v)),
    /** Share of the distance from the centre that survives denoising, std^2 / v. */
    kept: variances.map((v, i) => components[i].std ** 2 / v),
  };
}

/** D(x, sigma) = sum_k r_k (c_k + (s_k^2 / v_k) (x - c_k)), where r_k is the probability that component k made x. */
export function mixtureDenoiser(components: readonly Component[]): ParticleDenoiser {
  let level = mixtureWithNoise(components, 0);
  return (particles, sigma, out) => {
    if (sigma !== level.sigma) level = mixtureWithNoise(components, sigma);
    const { x, y, exponents, heights, kept } = level;
    const count = x.length;
    const logs = new Float64Array(count);
    for (let i = 0; i < particles.length; i += 2) {
      const px = particles[i];
      const py = particles[i + 1];
      let largest = -Infinity;
      for (let k = 0; k < count; k++) {
        const dx = px - x[k];
        const dy = py - y[k];
        const log = heights[k] + exponents[k] * (dx * dx + dy * dy);
        logs[k] = log;
        if (log > largest) largest = log;
      }
      let total = 0;
      let sumX = 0;
      let sumY = 0;
      for (let k = 0; k < count; k++) {
        const log = logs[k] - largest;
        if (log < NEGLIGIBLE) continue;
        const likelihood = Math.exp(log);
        const keep = kept[k];
        total += likelihood;
        sumX += likelihood * (x[k] + keep * (px - x[k]));
        sumY += likelihood * (y[k] + keep * (py - y[k]));
      }
      out[i] = sumX / total;
      out[i + 1] = sumY / total;
    }
  };
}

/** A density below e^-40 of a component's highest counts as 0: nobody could see or count it. */
const FAINT = -40;

/** p_sigma, up to a factor. */
export function mixtureDensity(components: readonly Component[], sigma: number): Density {
  const { x, y, exponents, heights } = mixtureWithNoise(components, sigma);
  return (px, py) => {
    let sum = 0;
    for (let k = 0; k < x.length; k++) {
      const log = exponents[k] * ((px - x[k]) ** 2 + (py - y[k]) ** 2);
      if (log > FAINT) sum += Math.exp(heights[k] + log);
    }
    return sum;
  };
}
