/**
 * The folder of a training run (run/folder.ts). It also holds loss.svg, neighbours.png (images above their nearest training
 * images) and, if guidance is distilled, teacher-fp32.onnx.
 */
import { isDeepStrictEqual } from "node:util";
import { type ModelContents, writeModel } from "../../wasm-model/model/onnx/writer.ts";
import { writeFileAtomically } from "../cli/files.ts";
import { readFp32Model } from "../cli/model-files.ts";
import { UserError } from "../cli/user-error.ts";
import { type TrainingState, trainingFormat } from "../learning/checkpoint.ts";
import { hasReport, RunFolder } from "../run/folder.ts";
import { parseConfig, type RunConfig } from "./config.ts";
import type { LogEntry } from "./log.ts";

export type TrainingRun = RunFolder<RunConfig, LogEntry>;

export const NEIGHBOURS = "neighbours.png";
export const LOSS_CURVE = "loss.svg";
const TEACHER = "teacher-fp32.onnx";

export const trainingRun = (folder: string): TrainingRun => new RunFolder(folder, { name: "training run", parse: parseConfig });

/**
 * Creates the folder of a new run with its first checkpoint: all of it or nothing. Throws a UserError when the folder
 * is in use or cannot be made.
 */
export function createRun(folder: string, config: RunConfig, state: TrainingState, teacher?: ModelContents): TrainingRun {
  const run = trainingRun(folder);
  run.create(config, (staging) => {
    staging.writeState(trainingFormat(config.spec), state);
    staging.keepState();
    if (teacher) writeFileAtomically(staging.file(TEACHER), writeModel(teacher));
  });
  return run;
}

/**
 * The teacher of a run that distils guidance. Throws a UserError when its file is missing, damaged or of another
 * network.
 */
export function readTeacher(run: TrainingRun, { guidance, spec }: RunConfig): ModelContents | undefined {
  if (!guidance) return undefined;
  const path = run.file(TEACHER);
  const teacher = readFp32Model(path, "the run's teacher");
  if (!isDeepStrictEqual({ ...teacher.card.spec, bound: spec.bound }, spec))
    throw new UserError(`Expected a model of the run's own network for \`the run's teacher\` but received "${path}"`);
  return teacher;
}

interface FinishedRun {
  readonly config: RunConfig;
  readonly state: TrainingState;
  readonly log: readonly LogEntry[];
}

/** The finished run in a folder. Throws a UserError if it is not at its end or its last report is missing. */
export function readFinishedRun(folder: string): FinishedRun {
  const run = trainingRun(folder);
  const config = run.readConfig();
  const { steps } = config;
  const state = run.readStateToResume(trainingFormat(config.spec), (line) => {
    throw new UserError(`${line} is what --resume does`);
  });
  const log = run.readLog(state.step);
  if (state.step >= steps && hasReport(log, steps)) return { config, state, log };
  const missing = state.step < steps ? "" : ", without its last held-out losses";
  throw new UserError(`Expected a finished run but \`${folder}\` is at step ${state.step} of ${steps}${missing}: finish it with --resume`);
}
