/**
 * The sampling settings of a run's model: the defaults, and `sampling.json` with those that its sweep tried and chose.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { SAMPLING, type SamplingSettings } from "../../wasm-model/sampling/settings.ts";
import { type Immutable, object } from "../../wasm-model/schema/fields.ts";
import { writeFileAtomically } from "../cli/files.ts";
import { parseJson, readJson } from "../cli/parse-json.ts";

/**
 * Settings of a new model, for the images of its training and on its card; flags of the export may change them. At 64
 * levels `ald` stays below 1000 evaluations.
 */
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

const SCHEMA = object({
  /** In the order in which they were measured. */
  measured: v.array(object({ sampling: SAMPLING, distance: v.number("a number") }, "settings and their distance"), "a list"),
  /** The best of them, once all are measured. */
  chosen: v.optional(SAMPLING),
});

export type Sweep = Immutable<v.InferOutput<typeof SCHEMA>>;

const pathOf = (folder: string): string => join(folder, "sampling.json");

/** What a run's sweep has measured so far. Throws a UserError for a damaged file. */
export function readSweep(folder: string): Sweep {
  const path = pathOf(folder);
  if (!existsSync(path)) return { measured: [] };
  return parseJson(SCHEMA, readJson(path), path);
}

export const writeSweep = (folder: string, sweep: Sweep): void =>
  writeFileAtomically(pathOf(folder), `${JSON.stringify(sweep, null, 2)}\n`);

/** The settings that a run's sweep chose; undefined before it is complete. */
export const readChosenSampling = (folder: string): SamplingSettings | undefined => readSweep(folder).chosen;
