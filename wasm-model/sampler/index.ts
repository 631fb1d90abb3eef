/** Samplers by name: from a model card's sampling settings to a generator, and what it costs. */
import type { SamplerName, SamplingDefaults } from "../card.ts";
import { geometricSigmas, karrasSigmas } from "../schedule.ts";
import { ald } from "./ald.ts";
import { euler } from "./euler.ts";
import { langevin } from "./langevin.ts";
import type { Batch, Sampler } from "./sampler.ts";

export { type RunOptions, runSampler, type Step } from "./run.ts";
export type { Batch, Evaluation, Noise, Sampler } from "./sampler.ts";

/** The most network evaluations that one image may cost. */
export const MAX_EVALUATIONS = 1000;

const SAMPLERS: Record<SamplerName, (sampling: SamplingDefaults, batch: Batch) => Sampler> = {
  langevin: (sampling, batch) => langevin({ ...batch, ...sampling, sigmas: karrasSigmas(sampling) }),
  cas: (sampling, batch) => langevin({ ...batch, ...sampling, sigmas: karrasSigmas(sampling), extrapolation: 1 }),
  euler: (sampling, batch) => euler({ ...batch, sigmas: karrasSigmas(sampling) }),
  ald: (sampling, batch) => {
    const sigmas = geometricSigmas(sampling);
    const sigmaLast = sigmas.at(-1)!;
    return ald({ ...batch, ...sampling, sigmas, epsilon: sampling.relativeStep * sigmaLast * sigmaLast, finalDenoise: false });
  },
};

/** Network evaluations per image (nfe) of a sampler at `steps` noise levels. */
export function evaluations(sampler: SamplerName, steps: number, { stepsPerLevel }: SamplingDefaults): number {
  return sampler === "ald" ? steps * stepsPerLevel : steps;
}

/**
 * The named sampler at `steps` noise levels, all else as the card has it: Karras' grid, the geometric one for `ald` (which is Algorithm 1
 * as printed, without a final denoising step). Throws RangeError when that takes more than MAX_EVALUATIONS or the levels are impossible.
 */
export function createSampler(sampler: SamplerName, steps: number, sampling: SamplingDefaults, batch: Batch): Sampler {
  const nfe = evaluations(sampler, steps, sampling);
  if (nfe > MAX_EVALUATIONS) {
    throw new RangeError(
      `Expected at most ${MAX_EVALUATIONS} network evaluations for \`steps\` but received ${steps} (${nfe} evaluations)`,
    );
  }
  return SAMPLERS[sampler]({ ...sampling, steps }, batch);
}
