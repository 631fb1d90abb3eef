/** The sampling settings that a run's images are drawn with, and its model's. */
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import type { SamplingSettings } from "../../wasm-model/sampling/settings.ts";
import { MOST_COLOURS } from "../data/pixel-art.ts";
import type { Split } from "../network/split.ts";
import { fittedStart, type StartedFrame } from "./gaussian-start.ts";

/** The extrapolation is where a run begins: a finished model's is set to the contrast of its training images. At 64 levels `ald` stays below 1000 evaluations. */
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

/** Noise levels of images that start from a Gaussian: readers took them for as good as 8 from noise alone (training/LOG.md). */
const STARTED_STEPS = 7;
/** The highest of them: in squares of more pixels than 8x8 only more noise hides detail. */
const startSigma = ({ height, width }: Pick<NetworkSpec, "height" | "width">): number => 8 * Math.max(1, Math.sqrt(height * width) / 32);

/** Pixel art of many colours would get single pixels of noise that lasts, and of contrast that is raised (training/LOG.md). */
const CALM = { churn: 1, extrapolation: 1.4 };
export const isCalm = ({ palette }: Pick<StartedFrame, "palette">): boolean => palette?.length === MOST_COLOURS;

/**
 * The settings of a run's network: its images start from the Gaussian of these pictures, whatever model it goes on from. Flat areas of pixel
 * art show what more levels clean: it has as many as cost what 7 do at 32x32 pixels, but 7 to 14.
 */
export function samplingFor(pictures: Split, frame: StartedFrame): SamplingSettings {
  const { height, width } = frame.spec;
  const share = frame.palette ? Math.min(2, Math.max(1, 32 ** 2 / (height * width))) : 1;
  const { squares, means, factor } = fittedStart(pictures, frame);
  // In the schema's order, as config.json is read: a page and Node write the same bytes.
  const start = { sigmaMax: startSigma(frame.spec), squares, spread: 1, extrapolation: 1, means, factor };
  return { ...SAMPLING_DEFAULTS, ...(isCalm(frame) && CALM), steps: Math.round(share * STARTED_STEPS), start };
}
