/**
 * A run folder: config.json (what was asked for, resolved), log.jsonl (a line per report), checkpoint.safetensors (the state to go on from), loss.svg and
 * samples/ (a grid per report, named by its step).
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import type { NetworkSpec } from "../wasm-model/network.ts";
import { readCheckpoint, type TrainingState, writeCheckpoint } from "./checkpoint.ts";
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
  /** The model that `--init` named, if any, and the images that its weights have seen, or 0. */
  readonly init?: string | undefined;
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

/**
 * Creates the folder of a new run, complete with its first checkpoint, or nothing at all. Throws a UserError when the folder is in use or cannot be made.
 */
export function createRun(folder: string, config: RunConfig, state: TrainingState): void {
  if (existsSync(join(folder, CONFIG))) {
    throw new UserError(`Expected a new folder for \`out\` but \`${folder}\` holds a run already: add --resume to go on with it`);
  }
  const staging = `${resolve(folder)}.${process.pid}.tmp`;
  try {
    if (existsSync(folder) && readdirSync(folder).length > 0) throw new Error("it holds other files");
    mkdirSync(join(staging, "samples"), { recursive: true });
    writeCheckpoint(staging, config.spec, state);
    writeFileAtomically(join(staging, CONFIG), `${JSON.stringify(config, null, 2)}\n`);
    renameSync(staging, folder);
  } catch (error) {
    if (existsSync(staging)) rmSync(staging, { recursive: true });
    throw new UserError(
      `Expected a new or empty folder that can be written for \`out\` but received \`${folder}\`: ${(error as Error).message}`,
    );
  }
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

/** The last state of a run. Throws a UserError when it has none or a damaged one. */
export function readState(folder: string): TrainingState {
  const state = readCheckpoint(folder);
  if (state === undefined) throw new UserError(`Expected a checkpoint in the run folder \`${folder}\` but there is none`);
  return state;
}

/** The configuration and last state of a run that has reached its end. Throws a UserError for an unfinished one. */
export function readFinishedRun(folder: string): { readonly config: RunConfig; readonly state: TrainingState } {
  const config = readConfig(folder);
  const state = readState(folder);
  if (state.step < config.steps) {
    throw new UserError(`Expected a finished run but \`${folder}\` is at step ${state.step} of ${config.steps}: finish it with --resume`);
  }
  return { config, state };
}

/** The log of a run up to a step: what a killed process did after its last checkpoint is done again. */
export function readLog(folder: string, upToStep: number): LogEntry[] {
  const path = join(folder, LOG);
  if (!existsSync(path)) return [];
  try {
    const lines = readFileSync(path, "utf8").split("\n").filter(Boolean);
    return lines.map((line) => JSON.parse(line) as LogEntry).filter(({ step }) => step <= upToStep);
  } catch (error) {
    throw new UserError(`Expected a complete \`${path}\` but ${(error as Error).message}`);
  }
}

export function writeLog(folder: string, entries: readonly LogEntry[]): void {
  writeFileAtomically(join(folder, LOG), entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
}

/** `samples` is the PNG of a grid. */
export function writePictures(
  folder: string,
  step: number,
  { loss, samples }: { readonly loss: string; readonly samples: Uint8Array },
): void {
  writeFileAtomically(join(folder, "loss.svg"), loss);
  writeFileAtomically(join(folder, "samples", `${String(step).padStart(6, "0")}.png`), samples);
}
