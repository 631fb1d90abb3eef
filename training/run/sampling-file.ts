/** `sampling.json` of a run: the sampling settings that its sweeps have tried, and what they have chosen. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { SAMPLING, type SamplingSettings } from "../../wasm-model/sampling/settings.ts";
import { type Immutable, object } from "../../wasm-model/schema/fields.ts";
import { writeFileAtomically } from "../cli/files.ts";
import { parseJson } from "../cli/parse-json.ts";
import { UserError } from "../cli/user-error.ts";

const TRIED = {
  /** In the order in which they were measured. */
  measured: v.array(object({ sampling: SAMPLING, distance: v.number("a number") }, "settings and their distance"), "a list"),
  /** The best of them, when all are. */
  chosen: v.optional(SAMPLING),
};
/** `student`: for the few evaluations of a student. */
const SCHEMA = object({ ...TRIED, student: v.optional(object(TRIED)) });

export type Sweeps = Immutable<v.InferOutput<typeof SCHEMA>>;
export type Sweep = Omit<Sweeps, "student">;

const pathOf = (folder: string): string => join(folder, "sampling.json");

/** What a run's sweeps have measured so far. Throws a UserError for a damaged file. */
export function readSweeps(folder: string): Sweeps {
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

export const writeSweeps = (folder: string, sweeps: Sweeps): void =>
  writeFileAtomically(pathOf(folder), `${JSON.stringify(sweeps, null, 2)}\n`);

/** The settings that a run's sweep has chosen, or undefined before it has. */
export const readChosenSampling = (folder: string): SamplingSettings | undefined => readSweeps(folder).chosen;

/** What the settings that a sweep has chosen were measured at. */
export const distanceOfChosen = ({ measured }: Sweep): number => Math.min(...measured.map(({ distance }) => distance));
