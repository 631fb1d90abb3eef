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
}

/** The fp32 model at `path`. Throws a UserError for a missing, unfinished or damaged one. */
export const readSource = (path: string): ExportSource => (isFolder(path) ? fromRun(path) : readFp32Model(path, "source"));

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    throw new UserError(`Expected a run folder or a model-fp32.onnx for \`source\` but received \`${path}\`, which does not exist`);
  }
}

function fromRun(folder: string): ExportSource {
  const { config, state, sampling, log } = readFinishedRun(folder);
  return { ...trainedModel(config, state.average, sampling), run: { folder, config, log } };
}
