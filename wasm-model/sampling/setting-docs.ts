/**
 * Describes a model's sampling settings (settings.ts) and which samplers use them, for flags, records and the OpenAPI
 * document. It is a file of its own, so that bundles that only draw leave it out.
 */
import { SAMPLING, type SamplerName, type SamplingSettings } from "./settings.ts";

/** What each sampler uses besides the number and the range of noise levels. Without `rho` its grid is geometric. */
export const HEEDED = {
  langevin: ["rho", "churn", "extrapolation"],
  ald: ["stepsPerLevel", "relativeStep"],
  heun: ["rho"],
} as const satisfies Record<SamplerName, readonly (keyof SamplingSettings)[]>;

const SETTING_DOCS = {
  steps: "number of noise levels",
  sigmaMin: "lowest noise level",
  sigmaMax: "highest noise level",
  rho: "exponent of the Karras grid of noise levels",
  churn: "share of fresh noise per step",
  extrapolation: "weight of the newest denoised image, 1 = no extrapolation",
  stepsPerLevel: "Langevin steps at each noise level",
  relativeStep: "step size over sigma^2",
  guidanceSigmaMax: "highest noise level at which guidance acts",
} as const satisfies Partial<Record<keyof SamplingSettings, string>>;

/** The setting's schema is the key. */
const BY_SCHEMA = new Map<unknown, string>(
  Object.entries(SETTING_DOCS).map(([name, doc]) => {
    const samplers = Object.entries(HEEDED).flatMap(([sampler, heeded]) => (heeded.some((own) => own === name) ? [sampler] : []));
    const schema = SAMPLING.entries[name as keyof typeof SETTING_DOCS];
    return [schema, samplers.length > 0 ? `${doc} (${samplers.join(", ")})` : doc];
  }),
);

/** What the setting with this schema is; undefined for any other schema. */
export const docOf = (schema: object): string | undefined => BY_SCHEMA.get(schema);
