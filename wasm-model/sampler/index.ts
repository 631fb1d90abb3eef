/** Samplers by name: from a model card's sampling settings to a generator, and what it costs. */
import type { SamplerName, SamplingDefaults } from "../card.ts";
import { geometricSigmas, karrasSigmas } from "../schedule.ts";
import { ald } from "./ald.ts";
import { euler } from "./euler.ts";
import { heun } from "./heun.ts";
import { ipndm } from "./ipndm.ts";
import { kinetic } from "./kinetic.ts";
import { langevin } from "./langevin.ts";
import type { Batch, Sampler } from "./sampler.ts";

export { type RunOptions, runSampler, type Step } from "./run.ts";
export type { Batch, Evaluation, Noise, Sampler } from "./sampler.ts";

/** The most network evaluations that one image may cost. */
export const MAX_EVALUATIONS = 1000;

/** Of `kinetic`: half of what is critical for the noise alone, so that momentum lasts a few steps. */
const FRICTION = 1;

interface Entry {
  /** Network evaluations per image. */
  nfe(sampling: SamplingDefaults): number;
  create(sampling: SamplingDefaults, batch: Batch): Sampler;
}

const onePerLevel = ({ steps }: SamplingDefaults): number => steps;
const somePerLevel = ({ steps, stepsPerLevel }: SamplingDefaults): number => steps * stepsPerLevel;

const SAMPLERS: Record<SamplerName, Entry> = {
  langevin: {
    nfe: onePerLevel,
    create: (sampling, batch) => langevin({ ...batch, ...sampling, sigmas: karrasSigmas(sampling) }),
  },
  cas: {
    nfe: onePerLevel,
    create: (sampling, batch) => langevin({ ...batch, ...sampling, sigmas: karrasSigmas(sampling), extrapolation: 1 }),
  },
  ald: {
    nfe: somePerLevel,
    create: (sampling, batch) => {
      const sigmas = geometricSigmas(sampling);
      const sigmaLast = sigmas.at(-1)!;
      return ald({ ...batch, ...sampling, sigmas, epsilon: sampling.relativeStep * sigmaLast * sigmaLast, finalDenoise: false });
    },
  },
  kinetic: {
    nfe: somePerLevel,
    create: (sampling, batch) => {
      const timeStep = Math.sqrt(sampling.relativeStep); // stepSize a of `ald` = (h sigma)^2
      return kinetic({ ...batch, ...sampling, sigmas: geometricSigmas(sampling), timeStep, friction: FRICTION });
    },
  },
  euler: {
    nfe: onePerLevel,
    create: (sampling, batch) => euler({ ...batch, sigmas: karrasSigmas(sampling) }),
  },
  heun: {
    nfe: ({ steps }) => 2 * steps - 1,
    create: (sampling, batch) => heun({ ...batch, sigmas: karrasSigmas(sampling) }),
  },
  ipndm3: {
    nfe: onePerLevel,
    create: (sampling, batch) => ipndm({ ...batch, sigmas: karrasSigmas(sampling), order: 3 }),
  },
  ipndm4: {
    nfe: onePerLevel,
    create: (sampling, batch) => ipndm({ ...batch, sigmas: karrasSigmas(sampling), order: 4 }),
  },
};

/** Network evaluations per image (nfe) of a sampler at `steps` noise levels. */
export function evaluations(sampler: SamplerName, steps: number, sampling: SamplingDefaults): number {
  return SAMPLERS[sampler].nfe({ ...sampling, steps });
}

/**
 * The named sampler at `steps` noise levels, all else as the card has it: Karras' grid, the geometric one for `ald` (which is Algorithm 1
 * as printed, without a final denoising step) and `kinetic`. Throws RangeError when that takes more than MAX_EVALUATIONS or the levels are impossible.
 */
export function createSampler(sampler: SamplerName, steps: number, sampling: SamplingDefaults, batch: Batch): Sampler {
  const nfe = evaluations(sampler, steps, sampling);
  if (nfe > MAX_EVALUATIONS) {
    throw new RangeError(
      `Expected at most ${MAX_EVALUATIONS} network evaluations for \`steps\` but received ${steps} (${nfe} evaluations)`,
    );
  }
  return SAMPLERS[sampler].create({ ...sampling, steps }, batch);
}
