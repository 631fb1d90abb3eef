/**
 * What a model's sampling settings are (settings.ts), for flags and the description of the service. A file of its own,
 * so that bundles which only draw leave it out.
 */
import { SAMPLING, type SamplingSettings } from "./settings.ts";

export const SETTING_DOCS = {
  steps: "number of noise levels",
  sigmaMin: "lowest noise level",
  sigmaMax: "highest noise level",
  rho: "exponent of the Karras grid of noise levels (all samplers but ald and kinetic, whose grid is geometric)",
  churn: "share of fresh noise per step (langevin, cas)",
  extrapolation: "weight of the newest denoised image, 1 = no extrapolation (langevin)",
  stepsPerLevel: "Langevin steps at each noise level (ald, kinetic)",
  relativeStep: "step size of ald over sigma^2",
  guidanceSigmaMax: "highest noise level that guidance guides",
} as const satisfies Partial<Record<keyof SamplingSettings, string>>;

/** The setting's schema is the key. */
const BY_SCHEMA = new Map<unknown, string>(
  Object.entries(SETTING_DOCS).map(([name, doc]) => [SAMPLING.entries[name as keyof typeof SETTING_DOCS], doc]),
);

/** What the setting with this schema is; undefined for any other schema. */
export const docOf = (schema: object): string | undefined => BY_SCHEMA.get(schema);
