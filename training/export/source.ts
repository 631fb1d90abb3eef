/** Sources of an export: a finished training run, or an fp32 model from an earlier export. */
import { statSync } from "node:fs";
import type { ModelContents } from "../../wasm-model/model/onnx/writer.ts";
import { readFp32Model } from "../cli/model-files.ts";
import { UserError } from "../cli/user-error.ts";
import { type RunConfig, trainedModel } from "../train/config.ts";
import { readFinishedRun } from "../train/finished.ts";
import type { LogEntry } from "../train/log.ts";

export interface Run {
  readonly folder: string;
  readonly config: RunConfig;
  readonly log: readonly LogEntry[];
}

export interface ExportSource extends ModelContents {
  /** The run that the model comes from, if any. */
  readonly run?: Run;
  /** The file of the run's student, if it has one. */
  readonly student?: string | undefined;
}

/**
 * The fp32 model at `path`, `withStudent` with the run's student. Throws a UserError for a missing, unfinished or
 * damaged one.
 */
export function readSource(path: string, withStudent = true): ExportSource {
  return isFolder(path) ? fromRun(path, withStudent) : readFp32Model(path, "source");
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    throw new UserError(`Expected a run folder or a model-fp32.onnx for \`source\` but received \`${path}\`, which does not exist`);
  }
}

function fromRun(folder: string, withStudent: boolean): ExportSource {
  const { config, state, sampling, student, log } = readFinishedRun(folder, withStudent);
  return { ...trainedModel(config, state.average, sampling), run: { folder, config, log }, student: student?.path };
}
