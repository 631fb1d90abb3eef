/** Samplers by name: creates the generator from a model's sampling settings, and computes its cost. */
import type { Batch, Denoise, Sampler } from "./sampler.ts";
import { ald, geometricSigmas, heun, karrasSigmas, langevin } from "./samplers.ts";
import { rampAt, type SamplerName, type SamplingSettings, type Schedule } from "./settings.ts";
import { blend } from "./vectors.ts";

export { type Batch, type Denoise, type Evaluation, type Noise, type RunOptions, runSampler, type Sampler, type Step } from "./sampler.ts";

interface SamplerDefinition {
  /** Network evaluations per image. */
  nfe(sampling: SamplingSettings): number;
  create(sampling: SamplingSettings, batch: Batch): Sampler;
}

const ENTRIES: Record<SamplerName, SamplerDefinition> = {
  langevin: {
    nfe: ({ steps }) => steps,
    create: (sampling, batch) => langevin({ ...batch, ...scheduleOf(sampling) }),
  },
  ald: {
    nfe: ({ steps, stepsPerLevel }) => steps * stepsPerLevel,
    create: (sampling, batch) => {
      const sigmas = geometricSigmas(sampling);
      const sigmaLast = sigmas.at(-1)!;
      return ald({ ...batch, sigmas, stepsPerLevel: sampling.stepsPerLevel, epsilon: sampling.relativeStep * sigmaLast * sigmaLast });
    },
  },
  heun: {
    nfe: ({ steps }) => 2 * steps - 1,
    create: (sampling, batch) => heun({ ...batch, sigmas: karrasSigmas(sampling) }),
  },
};

/** The schedule of `langevin` for `steps` noise levels: the one in the settings with that length, otherwise the grid's. */
export const scheduleOf = (sampling: SamplingSettings): Schedule =>
  sampling.schedules?.find(({ sigmas }) => sigmas.length === sampling.steps) ?? gridSchedule(sampling);

/** Karras' grid, below the start if there is one, with churn and extrapolation from their ramps. The last level has no extrapolation. */
function gridSchedule(sampling: SamplingSettings): Schedule {
  const { start } = sampling;
  const sigmas = karrasSigmas({ ...sampling, ...(start && { sigmaMax: start.sigmaMax }) });
  const last = sigmas.length - 1;
  const levels = [...sigmas.keys()];
  return {
    sigmas,
    churn: levels.slice(0, last).map((level) => rampAt(sampling.churn, level, last)),
    extrapolation: levels.slice(1).map((level) => (level === last ? 1 : rampAt(sampling.extrapolation, level, last))),
    ...(start && { start }),
  };
}

/** With a request's churn or extrapolation `langevin` runs on Karras' grid at any number of steps. */
export function withRequestedGrid(
  sampling: SamplingSettings,
  { churn, extrapolation }: { churn?: number; extrapolation?: number },
): SamplingSettings {
  if (churn === undefined && extrapolation === undefined) return sampling;
  const { schedules: _, ...grid } = sampling;
  return { ...grid, churn: churn ?? grid.churn, extrapolation: extrapolation ?? grid.extrapolation };
}

/** Network evaluations per image (nfe) of a sampler at `steps` noise levels. */
export const evaluations = (sampler: SamplerName, steps: number, sampling: SamplingSettings): number =>
  ENTRIES[sampler].nfe({ ...sampling, steps });

/** The sampler at `steps` noise levels. */
export const createSampler = (sampler: SamplerName, steps: number, sampling: SamplingSettings, batch: Batch): Sampler =>
  ENTRIES[sampler].create({ ...sampling, steps }, batch);

/**
 * D_uncond + w (D_cond - D_uncond) with w = `guidance`: two network evaluations, with and without the labels. Images
 * show their class more (w > 1) or less (w < 1) than without guidance. With w = 1 it is `denoise` itself.
 */
export function guidedDenoiser(denoise: Denoise, guidance: number): Denoise {
  if (guidance === 1) return denoise;
  return async (x, sigma, labels) => {
    const conditional = await denoise(x, sigma, labels);
    const unconditional = await denoise(x, sigma, new Float32Array(labels.length));
    blend(conditional, conditional, unconditional, guidance);
    return conditional;
  };
}
