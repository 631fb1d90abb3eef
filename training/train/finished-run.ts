/** What a run is when it is done. */
import type { SamplingSettings } from "../../wasm-model/sampling/settings.ts";
import { UserError } from "../cli/user-error.ts";
import type { TrainingState } from "../learning/checkpoint.ts";
import { readChosenSampling } from "../run/sampling-file.ts";
import type { RunConfig } from "./config.ts";
import { hasReport, type LogEntry, readConfig, readLog, readStateToResume } from "./folder.ts";
import { type FinishedStudent, finishedStudent } from "./student.ts";

export interface FinishedRun {
  readonly config: RunConfig;
  readonly state: TrainingState;
  /** What the run's sweep has chosen, where it had one. */
  readonly sampling: SamplingSettings | undefined;
  /** Where the run has one. */
  readonly student: FinishedStudent | undefined;
  readonly log: readonly LogEntry[];
}

/** A run that has reached its end, its last report, its sweep and its student included. Throws a UserError for an unfinished one. */
export function readFinishedRun(folder: string): FinishedRun {
  const config = readConfig(folder);
  const state = readStateToResume(folder, config, (line) => {
    throw new UserError(`${line} is what --resume does`);
  });
  const log = readLog(folder, state.step);
  const sampling = readChosenSampling(folder);
  const student = config.student && finishedStudent(folder);
  const missing = missingOf({ config, state, sampling, student, log });
  if (missing !== undefined) {
    throw new UserError(
      `Expected a finished run but \`${folder}\` is at step ${state.step} of ${config.steps}${missing}: finish it with --resume`,
    );
  }
  return { config, state, sampling, student, log };
}

/** In words, what the run lacks at its step; undefined where that is nothing. */
function missingOf({ config, state, sampling, student, log }: FinishedRun): string | undefined {
  if (state.step < config.steps) return "";
  if (!hasReport(log, config.steps)) return ", without its last held-out losses";
  if (config.sweep !== undefined && !sampling) return ", without its sampling settings";
  if (config.student && !student) return ", without its student";
  return undefined;
}
