/** The sampling settings that a run's images are drawn with, and its model's. */
import type { ModelCard } from "../../wasm-model/model/card.ts";
import type { SamplingSettings } from "../../wasm-model/sampling/settings.ts";
import type { Split } from "../network/split.ts";
import { fittedStart, type StartedFrame } from "./gaussian-start.ts";

/**
 * Sampling settings for weights of any origin. The extrapolation is where a run begins: a finished model's is set to the contrast of its
 * training images. At 64 levels `ald` stays below 1000 evaluations.
 */
export const SAMPLING_DEFAULTS: SamplingSettings = {
  sampler: "langevin",
  steps: 8,
  sigmaMin: 0.08,
  sigmaMax: 30,
  rho: 5,
  churn: 0.8,
  extrapolation: 1.6,
  stepsPerLevel: 15,
  relativeStep: 0.2,
};

/**
 * Noise levels of images that start from a Gaussian, and the highest of them at 32x32 pixels: readers took images for as good as by 8
 * from 30 (training/LOG.md). Where squares have more pixels they hide no more below higher noise.
 */
const [STARTED_STEPS, STARTED_SIGMA] = [7, 8];
/** More classes have no start, whose means would make a card large. */
const MOST_STARTS = 256;

/**
 * The settings of a young network, from nothing or from the base: its images start from the Gaussian of these pictures. Flat areas of pixel
 * art show what more levels clean: it has as many as cost what 7 do at 32x32 pixels, but 7 to 14.
 */
export function youngSampling(pictures: Split, frame: StartedFrame): SamplingSettings {
  const { height, width, classes } = frame.spec;
  const area = (height * width) / 32 ** 2;
  const share = frame.palette ? Math.min(2, Math.max(1, 1 / area)) : 1;
  const stepsOf = (steps: number): number => Math.round(share * steps);
  if (classes > MOST_STARTS) return { ...SAMPLING_DEFAULTS, steps: stepsOf(SAMPLING_DEFAULTS.steps) };
  const sigmaMax = STARTED_SIGMA * Math.max(1, Math.sqrt(area));
  const start = { sigmaMax, spread: 1, extrapolation: 1, ...fittedStart(pictures, frame) };
  return { ...SAMPLING_DEFAULTS, steps: stepsOf(STARTED_STEPS), start };
}

/**
 * The settings of a model that a run starts from: what its images start from becomes the Gaussian of these pictures, but a searched
 * schedule that starts from other classes goes. Weights without a card have none of their own.
 */
export function samplingFrom(
  { labels: known, sampling }: ModelCard,
  labels: readonly string[],
  pictures: Split,
  frame: StartedFrame,
): SamplingSettings {
  if (sampling === SAMPLING_DEFAULTS) return youngSampling(pictures, frame);
  const { schedules = [], start, ...rest } = sampling;
  const kept = schedules.filter((schedule) => schedule.start === undefined || labels.join("\n") === known.join("\n"));
  const settings = { ...rest, ...(kept.length > 0 && { schedules: kept }) };
  if (!start) return settings;
  if (labels.length > MOST_STARTS) return { ...settings, steps: Math.max(rest.steps, SAMPLING_DEFAULTS.steps) };
  return { ...settings, start: { ...start, ...fittedStart(pictures, frame) } };
}
