/**
 * Plans a run: how its cost is divided between training steps and reports, and how long it will take here.
 * Costs are counted in network evaluations of one image.
 */
import { setImmediate } from "node:timers/promises";
import { macsOf } from "../../wasm-model/network/count.ts";
import type { Backend } from "../backend/step.ts";
import { durationOf } from "../cli/progress.ts";
import type { TrainingData } from "../data/dataset.ts";
import { finishingCost } from "../finishing/plan.ts";
import type { TrainingState } from "../learning/checkpoint.ts";
import { LEAST_IMAGES } from "../learning/defaults.ts";
import { imagesWithin, secondsPerStep } from "../learning/learn.ts";
import { evaluationsBeside, reportsOf, stepsLeft, TRAINING_EVALUATIONS } from "../learning/reports.ts";
import { limitImages, type TrainingSettings } from "../learning/settings.ts";
import { Trainer } from "../learning/trainer.ts";
import type { Parameters } from "../network/parameters.ts";
import type { RunConfig } from "./config.ts";
import { secondThread } from "./second-thread.ts";

/** Evaluations from now to the end. */
function evaluationsLeft({ config, dataset: { validation, test, hasTest } }: Pick<PlannedRun, "config" | "dataset">, done: number): number {
  const steps = TRAINING_EVALUATIONS * config.batch * stepsLeft(config, done);
  return steps + evaluationsBeside(config, validation.count, hasTest ? test.count : 0) + finishingCost(config) / macsOf(config.spec);
}

export interface PlannedRun {
  readonly config: RunConfig;
  readonly dataset: TrainingData;
  /** Where it is now. */
  readonly state: TrainingState;
  /** The weights that it is compared with. */
  readonly pretrained: Parameters | undefined;
}

/** Lines on images, what finishes them if it is learned, and cost. */
export function describePlan(plan: Pick<PlannedRun, "config" | "dataset">): string {
  const { images, steps, batch, network, spec, matte, enlarger } = plan.config;
  const work = evaluationsLeft(plan, 0) * macsOf(spec);
  return [
    `plan: at most ${images} images in ${steps} steps of ${batch}, reports: ${reportsOf(plan.config, plan.dataset.validation.count).count}`,
    ...(matte ? [`then a matte, which cuts out: ${matte.steps} steps of ${matte.batch} of ${matte.pictures} pictures`] : []),
    ...(enlarger
      ? [
          `then an enlarger of its own: ${enlarger.steps} steps of ${enlarger.batch} of ${enlarger.pictures} pictures at four times the size`,
        ]
      : []),
    `cost: ${(work / 1e12).toFixed(1)} T multiply-accumulates on ${network} (${(macsOf(spec) / 1e6).toFixed(1)} M per evaluation)`,
  ].join("\n");
}

/** Seconds of a step here. */
async function secondsHere(
  backend: Backend,
  settings: TrainingSettings,
  { dataset, state, pretrained }: Omit<PlannedRun, "config">,
): Promise<number> {
  const second = secondThread(backend, settings, state, pretrained);
  const trainer = new Trainer(backend, settings, state, { pretrained, otherThread: second?.of });
  const seconds = await secondsPerStep(settings, dataset, trainer, setImmediate);
  await second?.stop();
  return seconds;
}

/** Seconds that a run learns by default, at most. */
const LONGEST = 300;

/** The settings for as many images as fit five minutes here, if they are fewer. */
export async function withinMinutes(
  backend: Backend,
  settings: TrainingSettings,
  run: Omit<PlannedRun, "config">,
): Promise<TrainingSettings> {
  if (settings.images <= LEAST_IMAGES) return settings;
  return limitImages(imagesWithin(LONGEST, await secondsHere(backend, settings, run), settings), settings);
}

/** A line: when a run that begins now will be at its end, by the time of some steps whose results are discarded. */
export async function describeEnd(backend: Backend, plan: PlannedRun): Promise<string> {
  const { config, state } = plan;
  const each = await secondsHere(backend, config, plan);
  const seconds = (each / (config.batch * TRAINING_EVALUATIONS)) * evaluationsLeft(plan, state.step);
  return `expected end: in ${durationOf(seconds)}, ${new Date(Date.now() + 1000 * seconds).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" })}, at the speed that this machine has now with the ${backend.name} backend`;
}
