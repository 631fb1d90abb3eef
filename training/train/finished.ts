/** A finished training run. */
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { SamplingSettings } from "../../wasm-model/sampling/settings.ts";
import { UserError } from "../cli/user-error.ts";
import { bestReport, distillationRun, STUDENT } from "../distill/folder.ts";
import { describeDistance } from "../distill/metric.ts";
import { type TrainingState, trainingFormat } from "../learning/checkpoint.ts";
import { CONFIG, hasReport } from "../run/folder.ts";
import { measurementOfChosen, readChosenSampling, readSweeps } from "../run/sampling.ts";
import type { RunConfig } from "./config.ts";
import { STUDENT_FOLDER, type TrainingRun, trainingRun } from "./folder.ts";
import type { LogEntry } from "./log.ts";

export interface FinishedRun {
  readonly config: RunConfig;
  readonly state: TrainingState;
  /** The settings that the run's sweep chose, if it had one. */
  readonly sampling: SamplingSettings | undefined;
  /** The student, if the run has one and it was asked for. */
  readonly student: FinishedStudent | undefined;
  readonly log: readonly LogEntry[];
}

/**
 * The finished run in a folder. Throws a UserError if its last report or its sweep is missing, or, `withStudent`, its
 * student.
 */
export function readFinishedRun(folder: string, withStudent = true): FinishedRun {
  const run = trainingRun(folder);
  const config = run.readConfig();
  const state = run.readStateToResume(trainingFormat(config.spec), (line) => {
    throw new UserError(`${line} is what --resume does`);
  });
  const log = run.readLog(state.step);
  const sampling = readChosenSampling(folder);
  const student = withStudent && config.student ? finishedStudent(run) : undefined;
  const missing = missingOf({ config, state, sampling, student, log }, withStudent);
  if (missing !== undefined) {
    throw new UserError(
      `Expected a finished run but \`${folder}\` is at step ${state.step} of ${config.steps}${missing}: finish it with --resume`,
    );
  }
  return { config, state, sampling, student, log };
}

/** What is missing at the run's step, in words; undefined if nothing is. */
function missingOf({ config, state, sampling, student, log }: FinishedRun, withStudent: boolean): string | undefined {
  if (state.step < config.steps) return "";
  if (!hasReport(log, config.steps)) return ", without its last held-out losses";
  if (config.sweep !== undefined && !sampling) return ", without its sampling settings";
  if (withStudent && config.student && !student) return ", without its student (which `export --no-student` does without)";
  return undefined;
}

/** Network evaluations per image, and distances of the images to training images. */
interface MeasuredNetwork {
  readonly evaluations: number;
  /** The metric that chose settings and student. */
  readonly kernelDistance: number;
  /** The distance in features that chose nothing; missing in runs of earlier versions. */
  readonly independentDistance: number | undefined;
}

export interface FinishedStudent extends MeasuredNetwork {
  /** The student's file. */
  readonly path: string;
  /** The run's own model, with the settings that its sweep chose. */
  readonly teacher: MeasuredNetwork;
}

/** The best student of a run's distillation; undefined before its last report. */
export function finishedStudent(run: TrainingRun): FinishedStudent | undefined {
  const distillation = distillationRun(run.file(STUDENT_FOLDER));
  if (!existsSync(distillation.file(CONFIG))) return undefined;
  const config = distillation.readConfig();
  const log = distillation.readLog(config.steps);
  const sweep = readSweeps(run.path);
  const [best, chosen] = [bestReport(log, config), measurementOfChosen(sweep)];
  if (!sweep.chosen || !chosen || !best || !hasReport(log, config.steps)) return undefined;
  const { kernelDistance = Number.POSITIVE_INFINITY, independentDistance } = best;
  return {
    path: distillation.file(STUDENT),
    ...{ evaluations: config.schedule.sigmas.length, kernelDistance, independentDistance },
    teacher: {
      ...{ evaluations: sweep.chosen.steps, kernelDistance: chosen.distance, independentDistance: chosen.independentDistance },
    },
  };
}

/** One line: what a user gains and loses with the student. */
export function describeStudent({ teacher, ...student }: FinishedStudent): string {
  const [ofTeacher, ofStudent] = [teacher, student].map(({ independentDistance: distance }) =>
    distance === undefined ? "not measured" : describeDistance(distance),
  );
  return `distance to training images, in features that had no part in training or choosing them: ${ofTeacher} with ${teacher.evaluations} evaluations of the model itself, ${ofStudent} with ${student.evaluations} of its student`;
}

/** The folder of the run that the distillation in `folder` belongs to, if any. */
export function runOfStudent(folder: string): string | undefined {
  const run = dirname(folder);
  return basename(folder) === STUDENT_FOLDER && existsSync(join(run, CONFIG)) ? run : undefined;
}
