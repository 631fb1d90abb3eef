/** The student of a run: a distillation in a folder within the run's, from the trained network with the settings that its sweep has chosen. */
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Model } from "../../wasm-model/model/onnx/writer.ts";
import { scheduleOf } from "../../wasm-model/sampling/index.ts";
import type { SamplingSettings } from "../../wasm-model/sampling/settings.ts";
import type { Backend } from "../backend/index.ts";
import type { Dataset } from "../data/dataset.ts";
import type { DistillConfig } from "../distill/config.ts";
import { describeDistance, type Metric } from "../distill/metric.ts";
import { REPORT_EVERY } from "../distill/recipe.ts";
import { distill } from "../distill/session.ts";
import { bestOf, createDistillation, isReport, readDistillation, readDistillConfig, readDistillLog, STUDENT } from "../distill/state.ts";
import { CONFIG } from "../run/folder.ts";
import { distanceOfChosen, readSweeps } from "../run/sampling-file.ts";
import type { RunConfig, StudentSettings } from "./config.ts";

export const STUDENT_FOLDER = "student";

export interface StudentRun {
  /** The run's own folder. */
  readonly folder: string;
  readonly config: RunConfig;
  readonly student: StudentSettings;
  readonly dataset: Dataset;
  /** The trained network, as it is exported. */
  readonly teacher: Model;
  /** What the sweep has chosen for the student's evaluations. */
  readonly sampling: SamplingSettings;
  readonly metric: Metric;
  readonly checkpointEvery: number;
  readonly listen: () => Promise<void>;
}

function configOf({ folder, config, student, sampling, metric }: StudentRun): DistillConfig {
  const { data, dataSha256, commit, pictures } = config;
  const { evaluations: _, ...numbers } = student;
  return {
    ...{
      teacher: folder,
      init: [],
      data,
      dataSha256,
      commit,
      ...(pictures && { pictures }),
      schedule: scheduleOf(sampling),
      metric: metric.name,
    },
    ...{ teacherMaps: true, featureClassifiers: [] },
    ...{ ...numbers, steps: Math.ceil(numbers.images / numbers.batch) },
  };
}

/** Begins the distillation, or goes on with it, to its end. Throws what `distill` does. */
export async function distillStudent(backend: Backend, run: StudentRun): Promise<void> {
  const { dataset, metric, checkpointEvery, listen } = run;
  const folder = join(run.folder, STUDENT_FOLDER);
  if (!existsSync(folder)) createDistillation(folder, configOf(run), { teacher: run.teacher });
  const { config, networks } = await readDistillation(folder, async () => dataset);
  await distill(backend, { folder, config, networks, dataset, metric, checkpointEvery, reportEvery: REPORT_EVERY, listen });
}

/** The folder of the run that a distillation in `folder` is a part of, if it is. */
export function runOfStudent(folder: string): string | undefined {
  const run = dirname(folder);
  return basename(folder) === STUDENT_FOLDER && existsSync(join(run, CONFIG)) ? run : undefined;
}

/** A network's evaluations for a picture, and the distance of its pictures to training images. */
interface Drawn {
  readonly evaluations: number;
  readonly kernelDistance: number;
}

export interface FinishedStudent extends Drawn {
  /** Its file. */
  readonly path: string;
  /** The run's own model, with the settings that its sweep has chosen. */
  readonly teacher: Drawn;
}

/** The best student of a run's distillation, or undefined before its last report. */
export function finishedStudent(runFolder: string): FinishedStudent | undefined {
  const folder = join(runFolder, STUDENT_FOLDER);
  if (!existsSync(join(folder, CONFIG))) return undefined;
  const config = readDistillConfig(folder);
  const log = readDistillLog(folder, config.steps);
  const sweep = readSweeps(runFolder);
  if (!sweep.chosen || !log.some((entry) => entry.step === config.steps && isReport(entry))) return undefined;
  return {
    path: join(folder, STUDENT),
    evaluations: config.schedule.sigmas.length,
    kernelDistance: bestOf(log, config),
    teacher: { evaluations: sweep.chosen.steps, kernelDistance: distanceOfChosen(sweep) },
  };
}

/** One line: what a user gains and loses. */
export const describeStudent = ({ teacher, ...student }: FinishedStudent): string =>
  `kernel distance to training images: ${describeDistance(teacher.kernelDistance)} with ${teacher.evaluations} evaluations of the model itself, ${describeDistance(student.kernelDistance)} with ${student.evaluations} of its student`;
