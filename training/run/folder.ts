/**
 * The folder of a training run: config.json (the resolved configuration), log.jsonl, checkpoint.safetensors (the latest state),
 * checkpoint.previous.safetensors (the state of the last report, as a fallback), checkpoint.best.safetensors (that of the best
 * report), pretrained.safetensors (the weights that it is compared with, if it starts from some), matte.safetensors and
 * enlarger.safetensors (the states of what finishes its images, if it has its own), sheet.png (images of the folder beside drawn
 * ones), progress.html, which shows it, loss.svg, what was found at the end (end.ts) and, while a process trains it,
 * lock. Checkpoints have a checksum.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Parameter, parametersOf } from "../../wasm-model/network/count.ts";
import { FINISHER_NAMES, type FinisherName } from "../../wasm-model/network/finishers.ts";
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import { expectNewFolder, fillFolder, writeFileAtomically } from "../cli/files.ts";
import { readJson } from "../cli/parse-json.ts";
import { UserError } from "../cli/user-error.ts";
import type { TrainingData } from "../data/dataset.ts";
import { type FinisherStates, LEARNING } from "../finishing/plan.ts";
import { decodeState, decodeWeights, encodeState, encodeWeights, type TrainingState } from "../learning/checkpoint.ts";
import { isOver, type LogEntry } from "../learning/reports.ts";
import { decodeSafetensors, encodeSafetensors, type NamedTensors } from "../learning/safetensors.ts";
import { limitImages } from "../learning/settings.ts";
import type { Parameters } from "../network/parameters.ts";
import { parseConfig, type RunConfig } from "../plan/config.ts";

export const CONFIG = "config.json";
/** The states of the score network that are kept: the last one, the one to fall back on, that of the last report, and that of the best one. */
export const STATES = {
  last: "checkpoint.safetensors",
  previous: "checkpoint.previous.safetensors",
  best: "checkpoint.best.safetensors",
} as const;
type StateName = keyof typeof STATES;
const PRETRAINED = "pretrained.safetensors";
const LOG = "log.jsonl";

export const LOSS_CURVE = "loss.svg";
export const SHEET = "sheet.png";
export const PROGRESS_PAGE = "progress.html";

/** A run that is on its way: its folder exists. */
export interface Run {
  readonly run: RunFolder;
  readonly config: RunConfig;
  readonly dataset: TrainingData;
  /** So far. */
  readonly log: LogEntry[];
  /** The weights that it is compared with. */
  readonly pretrained?: Parameters | undefined;
}

/** What a new run begins with. */
interface FirstState {
  readonly state: TrainingState;
  /** The weights that it is compared with. */
  readonly pretrained?: Parameters | undefined;
  readonly finishers?: FinisherStates;
}

export const finisherFile = (name: FinisherName): string => `${name}.safetensors`;

export class RunFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /**
   * Creates the folder of a new run with its first checkpoint: all of it or nothing. Throws a UserError when it is in use or
   * cannot be made.
   */
  create(config: RunConfig, { state, pretrained, finishers = {} }: FirstState): void {
    expectNewRun(this.path);
    const write = (folder: string): void => {
      const staging = new RunFolder(folder);
      staging.writeState(config.spec, state);
      staging.copyState("last", "previous");
      staging.copyState("last", "best");
      for (const name of FINISHER_NAMES) if (finishers[name]) staging.writeFinisher(name, finishers[name]);
      if (pretrained) writeChecked(staging.file(PRETRAINED), encodeWeights(parametersOf(config.spec), pretrained));
      writeFileAtomically(staging.file(PROGRESS_PAGE), progressPage(config));
      staging.writeConfig(config);
      staging.readConfig(); // throws if no other process could read it
    };
    fillFolder(this.path, write, (name) => Number(name === CONFIG)); // which makes it a run
  }

  /** Throws a UserError when the folder holds no run. */
  readConfig(): RunConfig {
    const path = this.file(CONFIG);
    if (!existsSync(path)) throw new UserError(`\`${this.path}\` is not the folder of a run: it has no ${CONFIG}`);
    return parseConfig(readJson(path), path);
  }

  /** In JSON whose lists of numbers take a line each. */
  writeConfig(config: RunConfig): void {
    const text = JSON.stringify(config, null, 2).replaceAll(/\[\n[\s\d.,e-]+\]/g, (numbers) => numbers.replaceAll(/\s+/g, ""));
    writeFileAtomically(this.file(CONFIG), `${text}\n`);
  }

  /**
   * The log up to a step. Later lines are from a process that was killed after its last checkpoint; their steps are
   * repeated.
   */
  readLog(upToStep: number): LogEntry[] {
    const path = this.file(LOG);
    if (!existsSync(path)) return [];
    try {
      const lines = readFileSync(path, "utf8").split("\n").filter(Boolean);
      return lines.map((line) => JSON.parse(line) as LogEntry).filter(({ step }) => step <= upToStep);
    } catch (error) {
      throw new UserError(`\`${path}\` is damaged: ${(error as Error).message}`);
    }
  }

  writeLog(lines: readonly LogEntry[]): void {
    writeFileAtomically(this.file(LOG), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  }

  /** Writes the checkpoint; the one before stays until the new one is complete. */
  writeState(spec: NetworkSpec, state: TrainingState): void {
    writeChecked(this.file(STATES.last), encodeState(parametersOf(spec), state));
  }

  writeFinisher(name: FinisherName, state: TrainingState): void {
    writeChecked(this.file(finisherFile(name)), encodeState(LEARNING[name].parameters, state));
  }

  /** Throws a UserError when it is missing or damaged. */
  readFinisher(name: FinisherName): TrainingState {
    return readState(this.file(finisherFile(name)), LEARNING[name].parameters);
  }

  /** The states of those that the run learns or has from its source. */
  readFinishers(config: RunConfig): FinisherStates {
    const own = FINISHER_NAMES.filter((name) => config[name] || existsSync(this.file(finisherFile(name))));
    return Object.fromEntries(own.map((name) => [name, this.readFinisher(name)]));
  }

  /** Copies one kept state to another. Throws a UserError when the disk is full. */
  copyState(from: StateName, to: StateName): void {
    writeFileAtomically(this.file(STATES[to]), readFileSync(this.file(STATES[from])));
  }

  /** The weights that a run from weights is compared with. Throws a UserError when they are missing, damaged or of another network. */
  readPretrained(spec: NetworkSpec): Parameters {
    return read(this.file(PRETRAINED), (file) => decodeWeights(parametersOf(spec), file));
  }

  /** Throws a UserError when it is missing, damaged or of another network. */
  readState(spec: NetworkSpec, name: StateName = "last"): TrainingState {
    return readState(this.file(STATES[name]), parametersOf(spec));
  }

  /** Replaces the last state by the one to fall back on. Returns it, or undefined if there is none. */
  restoreState(spec: NetworkSpec): TrainingState | undefined {
    const state = this.readPrevious(spec);
    if (state !== undefined) this.copyState("previous", "last");
    return state;
  }

  /**
   * The state of the last checkpoint or, if that is unusable, of the fallback; `tell` receives the reason. Throws a UserError
   * if neither is usable.
   */
  readStateToResume(spec: NetworkSpec, tell: (line: string) => void): TrainingState {
    try {
      return this.readState(spec);
    } catch (error) {
      const previous = this.readPrevious(spec);
      if (previous === undefined) throw error;
      tell(`${(error as Error).message}: continuing from the one before it, of step ${previous.step}`);
      return previous;
    }
  }

  private readPrevious(spec: NetworkSpec): TrainingState | undefined {
    try {
      return this.readState(spec, "previous");
    } catch {
      return undefined;
    }
  }
}

const readState = (path: string, known: ReadonlyMap<string, Parameter>): TrainingState => read(path, (file) => decodeState(known, file));

function read<T>(path: string, decode: (file: NamedTensors<Float32Array>) => T): T {
  if (!existsSync(path)) throw new UserError(`The checkpoint \`${path}\` is missing`);
  try {
    return decode(verified(decodeSafetensors(readFileSync(path))));
  } catch (error) {
    throw new UserError(`The checkpoint \`${path}\` is damaged or of another network: ${(error as Error).message}`);
  }
}

const writeChecked = (path: string, content: NamedTensors<Float32Array>): void =>
  writeFileAtomically(path, encodeSafetensors(withChecksum(content)));

/** Throws a UserError unless the folder is new or empty and a run can be created there. */
export function expectNewRun(folder: string): void {
  if (existsSync(join(folder, CONFIG))) {
    throw new UserError(`\`${folder}\` already holds a run: add --resume to continue it`);
  }
  expectNewFolder(folder);
}

const CHECKSUM = "sha256";

/** Adds to the metadata the SHA-256 of all tensors and other metadata. */
const withChecksum = ({ tensors, metadata }: NamedTensors<Float32Array>): NamedTensors<Float32Array> => ({
  tensors,
  metadata: { ...metadata, [CHECKSUM]: checksumOf({ tensors, metadata }) },
});

/** Removes the checksum. Throws an Error if it does not match the tensors and metadata. */
function verified({ tensors, metadata: { [CHECKSUM]: checksum, ...metadata } }: NamedTensors<Float32Array>): NamedTensors<Float32Array> {
  if (checksum !== checksumOf({ tensors, metadata })) throw new Error("its content does not match its SHA-256");
  return { tensors, metadata };
}

const checksumOf = (content: NamedTensors<Float32Array>): string => createHash("sha256").update(encodeSafetensors(content)).digest("hex");

interface FinishedRun {
  readonly config: RunConfig;
  /** The state with the lowest held-out loss. */
  readonly state: TrainingState;
  readonly log: readonly LogEntry[];
  /** The states of its own. */
  readonly finishers: FinisherStates;
}

/** The finished run in a folder. Throws a UserError if it is not at its end. */
export function readFinishedRun(folder: string): FinishedRun {
  const run = new RunFolder(folder);
  const config = run.readConfig();
  const { steps, spec } = config;
  const { step } = run.readStateToResume(spec, (line) => {
    throw new UserError(`${line} is what --resume does`);
  });
  const log = run.readLog(step);
  const finishers = run.readFinishers(config);
  const unfinished = FINISHER_NAMES.find((name) => config[name] && finishers[name]!.step < config[name].steps);
  if (isOver(log, config) && !unfinished)
    return { config: limitImages(step * config.batch, config), state: run.readState(spec, "best"), log, finishers };
  const missing = isOver(log, config) ? `, without its ${unfinished}` : step < steps ? "" : ", without its last held-out losses";
  throw new UserError(
    `The run in \`${folder}\` is not finished, but at step ${step} of ${steps}${missing}: finish it with \`npx anneal train --out ${folder} --resume\``,
  );
}

/** A page that shows the run's pictures and loads itself again. */
const progressPage = ({ name = "" }: RunConfig): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="refresh" content="10">
<meta name="color-scheme" content="light dark">
<title>${name}: training</title>
<style>
  body { font: 1rem/1.5 system-ui; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
  img { display: block; width: 100%; image-rendering: pixelated }
</style>
<h1>${name}</h1>
<p>Left: images of the folder. Right: drawn by the network as it is now, from the same noise each time. Below: how its loss falls.</p>
<img src="${SHEET}" alt="Images of the folder beside drawn ones">
<img src="${LOSS_CURVE}" alt="Loss against training images">
</html>
`;
