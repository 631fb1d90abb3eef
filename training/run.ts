/**
 * A run folder: config.json (what was asked for, resolved), log.jsonl (a line per report), checkpoint.safetensors (the state to go on from), loss.svg and
 * samples/ (a grid per report, named by its step).
 */
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { NetworkSpec } from "../wasm-model/network.ts";
import { readCheckpoint, type TrainingState } from "./checkpoint.ts";
import type { HeldOutLoss } from "./held-out.ts";
import { UserError } from "./user-error.ts";
import { writeFileAtomically } from "./write-file.ts";

export interface RunConfig {
  /** Data set name, or the IDX folder as it was given. */
  readonly data: string;
  readonly dataLicence: string;
  readonly labels: readonly string[];
  readonly preset: string;
  readonly spec: NetworkSpec;
  /** Training images of this run, with repetition. */
  readonly images: number;
  /** Images seen by the weights that `--init` gave, or 0. */
  readonly imagesBefore: number;
  readonly batch: number;
  /** Number of steps: images / batch, rounded up. */
  readonly steps: number;
  /** Peak learning rate. */
  readonly learningRate: number;
  readonly seed: string;
}

/** A line of log.jsonl. `step` counts from 1. */
export type LogEntry =
  | { readonly step: number; readonly loss: number; readonly learningRate: number; readonly imagesPerSecond: number }
  | { readonly step: number; readonly heldOut: readonly HeldOutLoss[] };

const CONFIG = "config.json";
const LOG = "log.jsonl";

/** Creates the folder of a new run. Throws a UserError when there is one already or the folder cannot be made. */
export function createRun(folder: string, config: RunConfig): void {
  if (existsSync(join(folder, CONFIG))) {
    throw new UserError(`Expected a new folder for \`out\` but \`${folder}\` holds a run already: add --resume to go on with it`);
  }
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new UserError(`Expected a new or empty folder for \`out\` but received \`${folder}\`, which holds other files`);
  }
  try {
    mkdirSync(join(folder, "samples"), { recursive: true });
  } catch (error) {
    throw new UserError(`Expected to be able to create the folder \`${folder}\` but ${(error as Error).message}`);
  }
  writeFileAtomically(join(folder, CONFIG), `${JSON.stringify(config, null, 2)}\n`);
}

/** Reads config.json. Throws a UserError when the folder holds no run. */
export function readConfig(folder: string): RunConfig {
  const path = join(folder, CONFIG);
  if (!existsSync(path)) throw new UserError(`Expected the folder of a training run but \`${folder}\` has no ${CONFIG}`);
  try {
    return JSON.parse(readFileSync(path, "utf8")) as RunConfig;
  } catch (error) {
    throw new UserError(`Expected a complete \`${path}\` but ${(error as Error).message}`);
  }
}

/** The configuration and last state of a run that has reached its end. Throws a UserError for an unfinished one. */
export function readFinishedRun(folder: string): { readonly config: RunConfig; readonly state: TrainingState } {
  const config = readConfig(folder);
  const state = readCheckpoint(folder);
  if (state === undefined || state.step < config.steps) {
    throw new UserError(`Expected a finished run but \`${folder}\` is at step ${state?.step ?? 0} of ${config.steps}: finish it with --resume`);
  }
  return { config, state };
}

/** The log of a run up to a step: what a killed process did after its last checkpoint is done again. */
export function readLog(folder: string, upToStep: number): LogEntry[] {
  const path = join(folder, LOG);
  if (!existsSync(path)) return [];
  const entries = readFileSync(path, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line) as LogEntry);
  return entries.filter(({ step }) => step <= upToStep);
}

export function writeLog(folder: string, entries: readonly LogEntry[]): void {
  writeFileAtomically(join(folder, LOG), entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
}

/** `samples` is the PNG of a grid. */
export function writePictures(folder: string, step: number, { loss, samples }: { readonly loss: string; readonly samples: Uint8Array }): void {
  writeFileAtomically(join(folder, "loss.svg"), loss);
  writeFileAtomically(join(folder, "samples", `${String(step).padStart(6, "0")}.png`), samples);
}
