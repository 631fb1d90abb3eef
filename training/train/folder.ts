/**
 * A run folder: config.json (what was asked for, resolved), log.jsonl (a line per report), checkpoint.safetensors (the state to go on from),
 * checkpoint.previous.safetensors (that of the last report, to fall back on), loss.svg, samples/ (a grid per report, named by its step), sampling.json (the
 * settings that were tried at its end, and the best), neighbours.png (pictures above their nearest training images), student/ (the folder of its student's distillation), where guidance is distilled teacher-fp32.onnx and, while a process trains it, lock.
 */
import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type Model, writeModel } from "../../wasm-model/model/onnx/writer.ts";
import { makeFolder, writeFileAtomically } from "../cli/files.ts";
import { readFp32Model } from "../cli/model-files.ts";
import { UserError } from "../cli/user-error.ts";
import { keepCheckpoint, readCheckpoint, readPreviousCheckpoint, type TrainingState, writeCheckpoint } from "../learning/checkpoint.ts";
import type { HeldOutLoss } from "../network/held-out.ts";
import { CONFIG, expectNewRun, notNew } from "../run/folder.ts";
import { parseConfig, type RunConfig } from "./config.ts";

/** A line of log.jsonl. `step` counts from 1. */
export type LogEntry =
  | { readonly step: number; readonly loss: number; readonly learningRate: number; readonly imagesPerSecond: number }
  | {
      readonly step: number;
      readonly heldOut: readonly HeldOutLoss[];
      /** That it is the mean of; runs of earlier versions do not tell. */
      readonly testImages?: number;
    };

export const NEIGHBOURS = "neighbours.png";
const LOG = "log.jsonl";
const TEACHER = "teacher-fp32.onnx";

/**
 * Creates the folder of a new run, complete with its first checkpoint, or nothing at all. Throws a UserError when the folder is in use or cannot be made.
 */
export function createRun(folder: string, config: RunConfig, state: TrainingState, teacher?: Model): void {
  expectNewRun(folder);
  const staging = `${resolve(folder)}.${process.pid}.tmp`;
  try {
    makeFolder(join(staging, "samples"));
    writeCheckpoint(staging, config.spec, state);
    keepCheckpoint(staging);
    writeConfig(staging, config);
    if (teacher) writeFileAtomically(join(staging, TEACHER), writeModel(teacher));
    renameSync(staging, folder);
  } catch (error) {
    if (existsSync(staging)) rmSync(staging, { recursive: true });
    throw notNew(folder, error);
  }
}

/** Reads config.json. Throws a UserError when the folder holds no run, or one of no network that could be trained. */
export function readConfig(folder: string): RunConfig {
  const path = join(folder, CONFIG);
  if (!existsSync(path)) throw new UserError(`Expected the folder of a training run but \`${folder}\` has no ${CONFIG}`);
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new UserError(`Expected a complete \`${path}\` but ${(error as Error).message}`);
  }
  return parseConfig(json, path);
}

/** Replaces config.json. */
export function writeConfig(folder: string, config: RunConfig): void {
  writeFileAtomically(join(folder, CONFIG), `${JSON.stringify(config, null, 2)}\n`);
}

/** Reads the latest checkpoint, or the previous one if it is missing or damaged (reported through `tell`). Throws a UserError if neither is usable. */
export function readStateToResume(folder: string, { spec }: RunConfig, tell: (line: string) => void): TrainingState {
  try {
    return readCheckpoint(folder, spec);
  } catch (error) {
    const previous = readPreviousCheckpoint(folder, spec);
    if (previous === undefined) throw error;
    tell(`${(error as Error).message}: going on with the one before it, of step ${previous.step}`);
    return previous;
  }
}

/** The teacher of a run that distils guidance. Throws a UserError when its file is missing, damaged or that of another network. */
export function readTeacher(folder: string, { guidance, spec }: RunConfig): Model | undefined {
  if (!guidance) return undefined;
  const path = join(folder, TEACHER);
  const teacher = readFp32Model(path, "the run's teacher");
  if (!isDeepStrictEqual({ ...teacher.card.spec, bound: spec.bound }, spec))
    throw new UserError(`Expected a model of the run's own network for \`the run's teacher\` but received "${path}"`);
  return teacher;
}

/** Whether the log has the held-out losses of a step. */
export const hasReport = (log: readonly LogEntry[], step: number): boolean =>
  log.some((entry) => entry.step === step && "heldOut" in entry);

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
