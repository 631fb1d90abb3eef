/** The sampling settings of a fresh model, in pictures of its training and on its card; an export's flags may say otherwise. */
import type { SamplingSettings } from "../../wasm-model/sampling/settings.ts";

/** `ald` at 64 levels stays below 1000 evaluations. */
export const SAMPLING_DEFAULTS: SamplingSettings = {
  sampler: "langevin",
  steps: 8,
  sigmaMin: 0.05,
  sigmaMax: 20,
  rho: 7,
  churn: 0.85,
  extrapolation: 1.5,
  stepsPerLevel: 15,
  relativeStep: 0.2,
};
