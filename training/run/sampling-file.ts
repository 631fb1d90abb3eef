/** `sampling.json` of a run: the sampling settings that its sweep has tried, and what it has chosen. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { SAMPLING, type SamplingSettings } from "../../wasm-model/sampling/settings.ts";
import { type Immutable, object } from "../../wasm-model/schema/fields.ts";
import { parseJson } from "../commands/parse-json.ts";
import { UserError } from "../commands/user-error.ts";
import { writeFileAtomically } from "../commands/write-file.ts";

const SCHEMA = object({
  /** In the order in which they were measured. */
  measured: v.array(object({ sampling: SAMPLING, distance: v.number("a number") }, "settings and their distance"), "a list"),
  /** The best of them, when all are. */
  chosen: v.optional(SAMPLING),
});

export type Sweep = Immutable<v.InferOutput<typeof SCHEMA>>;

const pathOf = (folder: string): string => join(folder, "sampling.json");

/** What a run's sweep has measured so far. Throws a UserError for a damaged file. */
export function readSweep(folder: string): Sweep {
  const path = pathOf(folder);
  if (!existsSync(path)) return { measured: [] };
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new UserError(`Expected a complete \`${path}\` but ${(error as Error).message}`);
  }
  return parseJson(SCHEMA, json, path);
}

export const writeSweep = (folder: string, sweep: Sweep): void =>
  writeFileAtomically(pathOf(folder), `${JSON.stringify(sweep, null, 2)}\n`);

/** The settings that a run's sweep has chosen, or undefined before it has. */
export const readChosenSampling = (folder: string): SamplingSettings | undefined => readSweep(folder).chosen;
