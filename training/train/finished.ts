/** A finished training run. */
import type { SamplingSettings } from "../../wasm-model/sampling/settings.ts";
import { UserError } from "../cli/user-error.ts";
import { type TrainingState, trainingFormat } from "../learning/checkpoint.ts";
import { hasReport } from "../run/folder.ts";
import { readChosenSampling } from "../run/sampling.ts";
import type { RunConfig } from "./config.ts";
import { trainingRun } from "./folder.ts";
import type { LogEntry } from "./log.ts";

export interface FinishedRun {
  readonly config: RunConfig;
  readonly state: TrainingState;
  /** The settings that the run's sweep chose, if it had one. */
  readonly sampling: SamplingSettings | undefined;
  readonly log: readonly LogEntry[];
}

/** The finished run in a folder. Throws a UserError if its last report or its sweep is missing. */
export function readFinishedRun(folder: string): FinishedRun {
  const run = trainingRun(folder);
  const config = run.readConfig();
  const state = run.readStateToResume(trainingFormat(config.spec), (line) => {
    throw new UserError(`${line} is what --resume does`);
  });
  const log = run.readLog(state.step);
  const sampling = readChosenSampling(folder);
  const missing = missingOf({ config, state, sampling, log });
  if (missing !== undefined) {
    throw new UserError(
      `Expected a finished run but \`${folder}\` is at step ${state.step} of ${config.steps}${missing}: finish it with --resume`,
    );
  }
  return { config, state, sampling, log };
}

/** What is missing at the run's step, in words; undefined if nothing is. */
function missingOf({ config, state, sampling, log }: FinishedRun): string | undefined {
  if (state.step < config.steps) return "";
  if (!hasReport(log, config.steps)) return ", without its last held-out losses";
  if (config.sweep !== undefined && !sampling) return ", without its sampling settings";
  return undefined;
}
