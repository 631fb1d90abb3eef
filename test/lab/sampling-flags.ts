/** The sampling settings of a model's card as flags, with the card's own names and bounds (sampling/settings.ts). */

import { numberIn } from "../../training/cli/command-line.ts";
import { UserError } from "../../training/cli/user-error.ts";
import { flagOf } from "../../training/run/flags.ts";
import { type Ramp, SAMPLING, type SamplerName, type SamplingSettings } from "../../wasm-model/sampling/settings.ts";
import { fieldOf, type NumberBounds } from "../../wasm-model/schema/fields.ts";

/** The numeric settings. */
export type SamplingNumbers = Omit<SamplingSettings, "sampler" | "schedules" | "start">;

/** What each sampler uses besides the number and the range of noise levels. Without `rho` its grid is geometric. */
export const USED_SETTINGS = {
  langevin: ["rho", "churn", "extrapolation"],
  ald: ["stepsPerLevel", "relativeStep"],
  heun: ["rho"],
} as const satisfies Record<SamplerName, readonly (keyof SamplingSettings)[]>;

const DOCS: Record<keyof SamplingNumbers, string> = {
  steps: "number of noise levels",
  sigmaMin: "lowest noise level",
  sigmaMax: "highest noise level",
  rho: "exponent of the Karras grid of noise levels",
  churn: "share of fresh noise per step",
  extrapolation: "weight of the newest denoised image, 1 = no extrapolation",
  stepsPerLevel: "Langevin steps at each noise level",
  relativeStep: "step size over sigma^2",
  guidanceSigmaMax: "highest noise level at which guidance acts",
};

/** A parser of one number, or of two with a colon between them: the first step's and the last one's. */
function rampIn(name: string, least: number, most: number): (text: string) => Ramp {
  const parse = numberIn(name, least, most, "any");
  return (text) => {
    const [first, last, ...more] = text.split(":");
    if (more.length > 0)
      throw new UserError(`Expected a number, or two numbers with a colon between them, for \`${name}\` but received "${text}"`);
    return last === undefined ? parse(first) : [parse(first), parse(last)];
  };
}

export const SAMPLING_FLAGS = (Object.keys(DOCS) as (keyof SamplingNumbers)[]).map((name) => {
  const field = fieldOf(SAMPLING.entries[name]) as NumberBounds;
  const samplers = Object.entries(USED_SETTINGS).flatMap(([sampler, used]) => (used.some((one) => one === name) ? [sampler] : []));
  const users = samplers.length > 0 ? ` (${samplers.join(", ")})` : "";
  const isRamp = field.kind === "ramp";
  const doc = DOCS[name] + users + (isRamp ? ", or the first step's and the last one's: 0.9:0.6" : "");
  const flag = flagOf(name);
  const { min, max } = field;
  return { name, flag, doc, parse: isRamp ? rampIn(flag, min, max) : numberIn(flag, min, max, field.kind === "integer" ? "whole" : "any") };
});

/**
 * The settings with these changes. A changed grid setting holds for every number of steps, so schedules are dropped; so is the start if the
 * highest level changes, which it replaces.
 */
export function withChanges(sampling: SamplingSettings, changes: Partial<SamplingSettings>): SamplingSettings {
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as Partial<SamplingSettings>;
  const { schedules, start, ...rest } = sampling;
  const isOfGrid = GRID.some((name) => name in given);
  return { ...rest, ...(start && !("sigmaMax" in given) && { start }), ...(schedules && !isOfGrid && { schedules }), ...given };
}

const GRID = ["sigmaMin", "sigmaMax", ...USED_SETTINGS.langevin] as const;
