/**
 * The folder of a training run: config.json (the resolved configuration), log.jsonl,
 * checkpoint.safetensors (the latest state), checkpoint.previous.safetensors (the state of the last report, as a
 * fallback), checkpoint.best.safetensors (that of the report with the lowest held-out loss), samples/ (a grid per report,
 * named by its step) and, while a process trains it, lock. Each kind of run adds files of its own. Checkpoints have a
 * checksum.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { expectNewFolder, makeFolder, notNew, writeFileAtomically } from "../cli/files.ts";
import { readJson } from "../cli/parse-json.ts";
import { UserError } from "../cli/user-error.ts";
import type { StateFormat } from "../learning/checkpoint.ts";
import type { AtStep, SpeedLine } from "../learning/log.ts";
import { decodeSafetensors, encodeSafetensors, type NamedTensors } from "../learning/safetensors.ts";

export const CONFIG = "config.json";
export const CHECKPOINT = "checkpoint.safetensors";
const PREVIOUS = "checkpoint.previous.safetensors";
export const BEST = "checkpoint.best.safetensors";
const LOG = "log.jsonl";

const isReport = <Line extends AtStep>(line: Line): line is Exclude<Line, SpeedLine> => !("imagesPerSecond" in line);

export const hasReport = (log: readonly AtStep[], step: number): boolean => log.some((line) => line.step === step && isReport(line));

export interface RunKind<Config> {
  /** Used in messages, as `training run`. */
  readonly name: string;
  /** The configuration in a file's JSON. Throws a UserError that names the first invalid field. */
  parse(json: unknown, path: string): Config;
}

export class RunFolder<Config, Line extends AtStep> {
  readonly path: string;
  private readonly kind: RunKind<Config>;

  constructor(path: string, kind: RunKind<Config>) {
    this.path = path;
    this.kind = kind;
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /**
   * Creates the folder of a new run with the files that `fill` writes: all of it or nothing. Throws a UserError when it
   * is in use or cannot be made.
   */
  create(config: Config, fill: (staging: RunFolder<Config, Line>) => void): void {
    expectNewRun(this.path);
    const staging = new RunFolder<Config, Line>(`${resolve(this.path)}.${process.pid}.tmp`, this.kind);
    try {
      makeFolder(staging.file("samples"));
      fill(staging);
      staging.writeConfig(config);
      renameSync(staging.path, this.path);
    } catch (error) {
      rmSync(staging.path, { recursive: true, force: true });
      throw notNew(this.path, error);
    }
  }

  /** Throws a UserError when the folder holds no run of this kind. */
  readConfig(): Config {
    const path = this.file(CONFIG);
    if (!existsSync(path)) throw new UserError(`Expected the folder of a ${this.kind.name} but \`${this.path}\` has no ${CONFIG}`);
    return this.kind.parse(readJson(path), path);
  }

  writeConfig(config: Config): void {
    writeFileAtomically(this.file(CONFIG), `${JSON.stringify(config, null, 2)}\n`);
  }

  /**
   * The log up to a step. Later lines are from a process that was killed after its last checkpoint; their steps are
   * repeated.
   */
  readLog(upToStep: number): Line[] {
    const path = this.file(LOG);
    if (!existsSync(path)) return [];
    try {
      const lines = readFileSync(path, "utf8").split("\n").filter(Boolean);
      return lines.map((line) => JSON.parse(line) as Line).filter(({ step }) => step <= upToStep);
    } catch (error) {
      throw new UserError(`Expected a complete \`${path}\` but ${(error as Error).message}`);
    }
  }

  writeLog(lines: readonly Line[]): void {
    writeFileAtomically(this.file(LOG), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  }

  /** `samples` is the PNG of a grid. */
  writeSamples(step: number, samples: Uint8Array): void {
    writeFileAtomically(join(this.path, "samples", `${String(step).padStart(6, "0")}.png`), samples);
  }

  /** Writes the checkpoint; the one before stays until the new one is complete. */
  writeState<State>(format: StateFormat<State>, state: State): void {
    writeFileAtomically(this.file(CHECKPOINT), encodeSafetensors(withChecksum(format.encode(state))));
  }

  /** Copies the checkpoint to the fallback. Throws a UserError when the disk is full. */
  keepState(): void {
    writeFileAtomically(this.file(PREVIOUS), readFileSync(this.file(CHECKPOINT)));
  }

  /** Copies the checkpoint as the best one so far. Throws a UserError when the disk is full. */
  keepBest(): void {
    writeFileAtomically(this.file(BEST), readFileSync(this.file(CHECKPOINT)));
  }

  /** The best state. Throws a UserError when it is missing, damaged or of another network. */
  readBest<State>(format: StateFormat<State>): State {
    return read(this.file(BEST), format);
  }

  /** Replaces the checkpoint by the fallback. Returns its state, or undefined if there is none. */
  restoreState<State>(format: StateFormat<State>): State | undefined {
    const state = this.readPrevious(format);
    if (state !== undefined) writeFileAtomically(this.file(CHECKPOINT), readFileSync(this.file(PREVIOUS)));
    return state;
  }

  get hasState(): boolean {
    return existsSync(this.file(CHECKPOINT));
  }

  /** The state of the last checkpoint. Throws a UserError when it is missing, damaged or of another network. */
  readState<State>(format: StateFormat<State>): State {
    return read(this.file(CHECKPOINT), format);
  }

  /**
   * The state of the last checkpoint or, if that is unusable, of the fallback; `tell` receives the reason. Throws a UserError
   * if neither is usable.
   */
  readStateToResume<State extends AtStep>(format: StateFormat<State>, tell: (line: string) => void): State {
    try {
      return this.readState(format);
    } catch (error) {
      const previous = this.readPrevious(format);
      if (previous === undefined) throw error;
      tell(`${(error as Error).message}: continuing from the one before it, of step ${previous.step}`);
      return previous;
    }
  }

  private readPrevious<State>(format: StateFormat<State>): State | undefined {
    try {
      return read(this.file(PREVIOUS), format);
    } catch {
      return undefined;
    }
  }
}

function read<State>(path: string, format: StateFormat<State>): State {
  if (!existsSync(path)) throw new UserError(`Expected a checkpoint at \`${path}\` but there is none`);
  try {
    return format.decode(verified(decodeSafetensors(readFileSync(path))));
  } catch (error) {
    throw new UserError(`Expected a complete checkpoint of the run's network at \`${path}\` but ${(error as Error).message}`);
  }
}

/** Throws a UserError unless the folder is new or empty and a run can be created there. */
export function expectNewRun(folder: string): void {
  if (existsSync(join(folder, CONFIG))) {
    throw new UserError(`Expected a new folder for \`out\` but \`${folder}\` already holds a run: add --resume to continue it`);
  }
  expectNewFolder(folder);
}

const CHECKSUM = "sha256";

/** Adds to the metadata the SHA-256 of all tensors and other metadata. */
const withChecksum = ({ tensors, metadata }: NamedTensors<Float32Array>): NamedTensors<Float32Array> => ({
  ...{ tensors, metadata: { ...metadata, [CHECKSUM]: checksumOf({ tensors, metadata }) } },
});

/** Removes the checksum. Throws an Error if it does not match the tensors and metadata. */
function verified({ tensors, metadata: { [CHECKSUM]: checksum, ...metadata } }: NamedTensors<Float32Array>): NamedTensors<Float32Array> {
  if (checksum !== checksumOf({ tensors, metadata })) throw new Error("its content does not match its SHA-256");
  return { tensors, metadata };
}

const checksumOf = (content: NamedTensors<Float32Array>): string => createHash("sha256").update(encodeSafetensors(content)).digest("hex");
