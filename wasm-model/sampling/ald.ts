import { stepSizes } from "./noise-levels.ts";
import type { Batch, Sampler } from "./sampler.ts";
import { contract, noiseAdder } from "./vectors.ts";

export interface AldOptions extends Batch {
  /** Noise levels, decreasing; L of them. */
  readonly sigmas: readonly number[];
  /** T, Langevin steps at each level. */
  readonly stepsPerLevel: number;
  /** Base step, the stepSize at the last level. Steps are stable below epsilon = 4 sigma_L^2. */
  readonly epsilon: number;
}

/**
 * Annealed Langevin dynamics (Song & Ermon 2019, Algorithm 1): at each level i, T times
 *   x <- x + (a_i / 2) score + sqrt(a_i) z,  score = (D - x) / sigma_i^2,  a_i = epsilon sigma_i^2 / sigma_L^2.
 * Step t of level i takes draw 1 + i T + t. L T evaluations.
 *
 * The paper starts from uniform noise over the data range. Here it starts from x = sigma_0 z (draw 0) as the other
 * samplers do, which is close to the distribution of the noisiest level.
 */
export function* ald({ sigmas, stepsPerLevel, epsilon, ...batch }: AldOptions): Sampler {
  const x = new Float32Array(batch.images * batch.imageSize);
  const addNoise = noiseAdder(batch, x);
  const steps = stepSizes(sigmas, epsilon);

  addNoise(0, sigmas[0]);
  for (let level = 0; level < sigmas.length; level++) {
    const sigma = sigmas[level];
    const stepSize = steps[level];
    for (let t = 0; t < stepsPerLevel; t++) {
      const denoised = yield { x, sigma, level };
      contract(x, denoised, 1 - stepSize / (2 * sigma * sigma)); // = x + (stepSize / 2) score
      addNoise(1 + level * stepsPerLevel + t, Math.sqrt(stepSize));
    }
  }
  return x;
}
