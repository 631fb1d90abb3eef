/**
 * The sampling settings of a model's card as flags, with the card's own names, bounds and documentation
 * (sampling/settings.ts, sampling/setting-docs.ts).
 */

import { docOf, HEEDED } from "../../wasm-model/sampling/setting-docs.ts";
import { type Ramp, SAMPLING, type SamplingSettings } from "../../wasm-model/sampling/settings.ts";
import { fieldOf, type NumberField } from "../../wasm-model/schema/fields.ts";
import { numberIn, rampIn } from "./command-line.ts";

/** The numeric settings. */
export type SamplingNumbers = Omit<SamplingSettings, "sampler" | "schedules">;

export interface SamplingFlag {
  readonly name: keyof SamplingNumbers;
  /** `sigma-min` */
  readonly flag: string;
  readonly doc: string;
  readonly parse: (text: string) => Ramp;
}

export const SAMPLING_FLAGS: readonly SamplingFlag[] = Object.entries(SAMPLING.entries).flatMap(([name, schema]) => {
  const field = fieldOf(schema);
  if (!field) return [];
  const flag = flagOf(name);
  const doc = `${docOf(schema)}${field.kind === "ramp" ? ", or the first step's and the last one's: 0.9:0.6" : ""}`;
  return [{ name: name as keyof SamplingNumbers, flag, doc, parse: parserOf(flag, field) }];
});

/** `sigmaMin` -> `sigma-min` */
export function flagOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function parserOf(flag: string, { kind, min, max }: NumberField): (text: string) => Ramp {
  if (kind === "ramp") return rampIn(flag, min, max);
  return numberIn(flag, min, max, kind === "integer" ? "whole" : "any");
}

/** Changes some settings. What a schedule would replace applies to every number of steps, so the schedules go. */
export function withChanges(sampling: SamplingSettings, changes: Partial<SamplingSettings>): SamplingSettings {
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as Partial<SamplingSettings>;
  const { schedules, ...rest } = sampling;
  const isOfGrid = GRID.some((name) => name in given);
  return { ...(isOfGrid ? rest : sampling), ...given };
}

const GRID = ["sigmaMin", "sigmaMax", ...HEEDED.langevin] as const;
