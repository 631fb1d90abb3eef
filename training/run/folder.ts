/**
 * The state of a training run, in the folder `run` of the model that it makes: config.json (the resolved configuration), log.jsonl,
 * checkpoint.safetensors (the latest state), checkpoint.best.safetensors (that of the best report), pretrained.safetensors (the
 * weights that it is compared with, if it starts from some), matte.safetensors and enlarger.safetensors (the states of what finishes
 * its images, if it learns its own), sheet.png (images of the folder beside drawn ones), progress.html, which shows it,
 * neighbours.png and, once the model is written, a copy of its page. While a process trains it, a lock.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parametersOf } from "../../wasm-model/network/count.ts";
import { FINISHER_NAMES, type FinisherName } from "../../wasm-model/network/finishers.ts";
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import { readJson, writeFileAtomically } from "../cli/files.ts";
import { UserError } from "../cli/user-error.ts";
import type { TrainingData } from "../data/dataset.ts";
import { LEARNING } from "../finishing/plan.ts";
import { decodeState, decodeWeights, encodeState, encodeWeights, type TrainingState } from "../learning/checkpoint.ts";
import type { LogEntry } from "../learning/reports.ts";
import { decodeSafetensors, encodeSafetensors, type NamedTensors } from "../learning/safetensors.ts";
import type { Parameters } from "../network/parameters.ts";
import { parseConfig, type RunConfig } from "./config.ts";
import { isOfRun, PAGE, RUN } from "./model-folder.ts";
import type { PlannedRun } from "./plan.ts";

export const CONFIG = "config.json";
/** The states of the score network that are kept: the last one, and that of the best report. */
const STATES = { last: "checkpoint.safetensors", best: "checkpoint.best.safetensors" } as const;
type StateName = keyof typeof STATES;
const PRETRAINED = "pretrained.safetensors";
const LOG = "log.jsonl";

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

export class RunFolder {
  /** The folder of the model. */
  readonly model: string;
  readonly path: string;

  constructor(model: string) {
    this.model = model;
    this.path = join(model, RUN);
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /**
   * Writes a new run with its first checkpoint, in place of an earlier one; the configuration, which makes it a run, goes first and
   * comes last. The folder is locked.
   */
  create({ config, state, pretrained, finishers = {} }: Pick<PlannedRun, "config" | "state" | "pretrained" | "finishers">): void {
    rmSync(this.file(CONFIG), { force: true });
    this.clear();
    try {
      this.writeState(config.spec, state);
      this.keepBest();
      for (const name of FINISHER_NAMES) if (finishers[name]) this.writeFinisher(name, finishers[name]);
      if (pretrained) writeTensors(this.file(PRETRAINED), encodeWeights(parametersOf(config.spec), pretrained));
      writeFileAtomically(this.file(PROGRESS_PAGE), progressPage(config));
      this.writeConfig(config);
    } catch (error) {
      this.clear();
      throw error;
    }
  }

  private clear(): void {
    for (const name of readdirSync(this.path).filter(isOfRun)) rmSync(this.file(name));
  }

  /** Throws a UserError when the folder holds no run. */
  readConfig(): RunConfig {
    const path = this.file(CONFIG);
    if (!existsSync(path)) throw new UserError(`\`${this.model}\` is not the folder of a run: it has no ${join(RUN, CONFIG)}`);
    return parseConfig(readJson(path), path);
  }

  /** The page as the run has written it beside its model; undefined before. */
  writtenPage(): string | undefined {
    const path = this.file(PAGE);
    return existsSync(path) ? readFileSync(path, "utf8") : undefined;
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

  writeState(spec: NetworkSpec, state: TrainingState): void {
    writeTensors(this.file(STATES.last), encodeState(parametersOf(spec), state));
  }

  writeFinisher(name: FinisherName, state: TrainingState): void {
    writeTensors(this.file(`${name}.safetensors`), encodeState(LEARNING[name].parameters, state));
  }

  /** Undefined where the run has none. Throws a UserError when it is damaged. */
  readFinisher(name: FinisherName): TrainingState | undefined {
    const path = this.file(`${name}.safetensors`);
    return existsSync(path) ? readTensors(path, (file) => decodeState(LEARNING[name].parameters, file)) : undefined;
  }

  /** Keeps the last state as that of the best report, too. Throws a UserError when the disk is full. */
  keepBest(): void {
    writeFileAtomically(this.file(STATES.best), readFileSync(this.file(STATES.last)));
  }

  /** The weights that a run from weights is compared with. Throws a UserError when they are missing, damaged or of another network. */
  readPretrained(spec: NetworkSpec): Parameters {
    return readTensors(this.file(PRETRAINED), (file) => decodeWeights(parametersOf(spec), file));
  }

  /** Throws a UserError when it is missing, damaged or of another network. */
  readState(spec: NetworkSpec, name: StateName = "last"): TrainingState {
    return readTensors(this.file(STATES[name]), (file) => decodeState(parametersOf(spec), file));
  }
}

function readTensors<T>(path: string, decode: (file: NamedTensors<Float32Array>) => T): T {
  if (!existsSync(path)) throw new UserError(`The checkpoint \`${path}\` is missing`);
  try {
    return decode(decodeSafetensors(readFileSync(path)));
  } catch (error) {
    throw new UserError(`The checkpoint \`${path}\` is damaged or of another network: ${(error as Error).message}`);
  }
}

const writeTensors = (path: string, content: NamedTensors<Float32Array>): void => writeFileAtomically(path, encodeSafetensors(content));

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
<p>Left: images of the folder. Right: drawn by the network as it is now, from the same noise each time.</p>
<img src="${SHEET}" alt="Images of the folder beside drawn ones">
</html>
`;
