/**
 * The work after the last training step: tunes the sampling settings, shows images beside their nearest training
 * images, and distills a student. Work that is already done is skipped.
 */
import { existsSync } from "node:fs";
import { scheduleOf } from "../../wasm-model/sampling/index.ts";
import type { Denoise } from "../../wasm-model/sampling/sampler.ts";
import type { SamplingSettings } from "../../wasm-model/sampling/settings.ts";
import type { Backend } from "../backend/index.ts";
import { writeFileAtomically } from "../cli/files.ts";
import { classCountsOf, type Dataset } from "../data/dataset.ts";
import { type DistillConfig, REPORT_EVERY } from "../distill/config.ts";
import { distill } from "../distill/distillation.ts";
import { createDistillation, readDistillation } from "../distill/folder.ts";
import { kernelMetric } from "../distill/metric.ts";
import { drawImages, requestedClasses } from "../measure/images.ts";
import { describeMemorization, imagesToTest, memorization } from "../measure/memorization.ts";
import { sampleGrid } from "../network/draw.ts";
import type { Parameters } from "../network/parameters.ts";
import { drawSettings } from "../record/settings.ts";
import { readChosenSampling } from "../run/sampling.ts";
import { type SweepRun, sweep, sweepForStudent } from "../tune/sweep.ts";
import { cardOf, type RunConfig, trainedModel } from "./config.ts";
import { finishedStudent } from "./finished.ts";
import { NEIGHBOURS, STUDENT_FOLDER, type TrainingRun } from "./folder.ts";
import type { StudentSettings } from "./presets.ts";

export interface TrainedRun {
  readonly run: TrainingRun;
  readonly config: RunConfig;
  readonly dataset: Dataset;
  /** The trained network: its averaged weights, and D(x, sigma) computed with them. */
  readonly average: Parameters;
  readonly denoise: Denoise;
  /** Seconds between checkpoints of the student. */
  readonly checkpointEvery: number;
  readonly listen: () => Promise<void>;
}

/** Throws what `distill` does. */
export async function finishRun(backend: Backend, trained: TrainedRun): Promise<void> {
  const { run, config, dataset, average, denoise } = trained;
  const { sweep: images, student } = config;
  if (images === undefined) {
    await showNeighbours(backend, trained);
    return;
  }
  const model = trainedModel(config, average);
  const metric = kernelMetric(backend.tf, { dataset, model, images, seed: `${config.seed}/sweep` });
  const search = { folder: run.path, card: model.card, denoise, metric };
  await tuneSampling(trained, search);
  await showNeighbours(backend, trained);
  if (student) await teachStudent(backend, trained, search, student);
}

/** Tunes the sampling settings and draws the last grid with them. */
async function tuneSampling({ run, config, denoise }: TrainedRun, search: SweepRun): Promise<void> {
  if (readChosenSampling(run.path)) return;
  const sampling = await sweep(search);
  run.writeSamples(config.steps, await sampleGrid(cardOf(config, sampling), denoise, config.seed));
}

/** Draws images with the finished network beside their nearest training images. */
async function showNeighbours({ tf }: Backend, { run, config, dataset, denoise }: TrainedRun): Promise<void> {
  const path = run.file(NEIGHBOURS);
  if (existsSync(path)) return;
  const card = cardOf(config, readChosenSampling(run.path));
  const tested = imagesToTest(classCountsOf(dataset));
  const imageSet = { settings: drawSettings(card, {}), seed: config.seed, ...tested };
  const images = await drawImages({ card, denoiser: { denoise } }, imageSet);
  const found = await memorization(tf, dataset, images, requestedClasses(tested.count, card, tested.classCounts));
  writeFileAtomically(path, found.sheet);
  console.log(`${describeMemorization(found, dataset.train.count)}: see ${path}`);
}

/**
 * Distills the student in a sub-folder of the run and tunes its settings, since few evaluations need other settings.
 */
async function teachStudent(backend: Backend, trained: TrainedRun, search: SweepRun, student: StudentSettings): Promise<void> {
  const { run, config, dataset, average, checkpointEvery, listen } = trained;
  if (finishedStudent(run)) return;
  const sampling = await sweepForStudent(search, student.evaluations);
  const folder = run.file(STUDENT_FOLDER);
  if (!existsSync(folder)) {
    const teacher = trainedModel(config, average, readChosenSampling(run.path));
    createDistillation(folder, studentConfig(trained, student, sampling), { teacher });
  }
  const found = await readDistillation(folder, async () => dataset);
  await distill(backend, { ...found, metric: search.metric, checkpointEvery, reportEvery: REPORT_EVERY, listen });
}

function studentConfig({ run, config }: TrainedRun, student: StudentSettings, sampling: SamplingSettings): DistillConfig {
  const { data, dataSha256, commit, pictures } = config;
  const { evaluations: _, ...numbers } = student;
  return {
    ...{ teacher: run.path, scheduleFile: run.file("sampling.json"), data, dataSha256, commit },
    ...(pictures && { pictures }),
    ...{ schedule: scheduleOf(sampling), metric: "kernelDistance" },
    ...{ ...numbers, steps: Math.ceil(numbers.images / numbers.batch) },
  };
}
