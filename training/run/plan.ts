/**
 * Plans a run: how its cost is divided between training steps and reports, and how long it will take here.
 * Costs are counted in network evaluations of one image.
 */
import { setImmediate } from "node:timers/promises";
import { macsOf } from "../../wasm-model/network/count.ts";
import type { Backend } from "../backend/step.ts";
import { durationOf } from "../cli/progress.ts";
import type { TrainingData } from "../data/dataset.ts";
import { type FinisherStates, type FinishingPictures, type FinishingSettings, finishingCost, planFinishing } from "../finishing/plan.ts";
import type { TrainingState } from "../learning/checkpoint.ts";
import { LEAST_IMAGES } from "../learning/defaults.ts";
import { imagesWithin, secondsPerStep, toTwoDigits } from "../learning/learn.ts";
import { evaluationsBeside, reportsOf, stepsLeft, TRAINING_EVALUATIONS } from "../learning/reports.ts";
import { limitImages, type TrainingSettings } from "../learning/settings.ts";
import { Trainer } from "../learning/trainer.ts";
import type { Parameters as Weights } from "../network/parameters.ts";
import type { RunConfig } from "./config.ts";
import { secondThread } from "./second-thread.ts";

export interface PlannedRun {
  readonly config: RunConfig;
  readonly dataset: TrainingData;
  /** Where it is now. */
  readonly state: TrainingState;
  /** The weights that it is compared with. */
  readonly pretrained?: Weights | undefined;
  /** The first states of its own. */
  readonly finishers?: FinisherStates;
}

/** Lines on images, and what finishes them if it is learned. */
export function describePlan(plan: Pick<PlannedRun, "config" | "dataset">): string {
  const { images, steps, batch, matte, enlarger } = plan.config;
  return [
    `plan: at most ${images} images in ${steps} steps of ${batch}, reports: ${reportsOf(plan.config, plan.dataset.validation.count).count}`,
    ...(matte ? [`then a matte, which cuts out: ${matte.steps} steps of ${matte.batch} of ${matte.pictures} pictures`] : []),
    ...(enlarger
      ? [
          `then an enlarger of its own: ${enlarger.steps} steps of ${enlarger.batch} of ${enlarger.pictures} pictures at four times the size`,
        ]
      : []),
  ].join("\n");
}

/** Seconds of a step here. */
async function secondsHere(
  backend: Backend,
  settings: TrainingSettings,
  { dataset, state, pretrained }: Omit<PlannedRun, "config">,
): Promise<number> {
  const second = secondThread(backend, settings, state, pretrained);
  const trainer = new Trainer(backend, settings, state, { pretrained, otherThread: second?.gradientOf });
  const seconds = await secondsPerStep(settings, dataset, trainer, setImmediate);
  await second?.stop();
  return seconds;
}

/** Seconds from the command to the model's file that a run takes by default, at most; pixel art pays only when its outlines are clean. */
const [LONGEST, OF_PIXEL_ART] = [300, 360];
/** Of them for the end, by estimate: the int8 file, what it is like, its page. */
const END = 30;

/** The settings for as many images as fit into the time that is left of five minutes, with its end, if they are fewer; and what was measured. */
export async function withinMinutes(
  backend: Backend,
  settings: TrainingSettings,
  run: Omit<PlannedRun, "config">,
  counts: FinishingPictures,
): Promise<{ readonly settings: TrainingSettings; readonly secondsPerStep?: number }> {
  if (settings.images <= LEAST_IMAGES) return { settings };
  const each = await secondsHere(backend, settings, run);
  const left = (settings.palette ? OF_PIXEL_ART : LONGEST) - END - performance.now() / 1000;
  const secondsOf = (images: number): number => {
    const shorter = limitImages(images, settings);
    return secondsLeft({ config: { ...shorter, ...planFinishing(shorter, counts) }, dataset: run.dataset }, 0, each);
  };
  let images = Math.min(settings.images, imagesWithin(left, each, settings));
  while (images > LEAST_IMAGES && secondsOf(images) > left) images = Math.max(LEAST_IMAGES, toTwoDigits(0.99 * images));
  return { settings: limitImages(images, settings), secondsPerStep: each };
}

/** Seconds from now to the last step, and of what finishes its images. */
function secondsLeft(
  { config, dataset }: Pick<PlannedRun, "dataset"> & { readonly config: FinishingSettings },
  done: number,
  secondsPerStep: number,
): number {
  const { validation, test, hasTest } = dataset;
  const steps = TRAINING_EVALUATIONS * config.batch * stepsLeft(config, done);
  const beside = evaluationsBeside(config, validation.count, hasTest ? test.count : 0) + finishingCost(config) / macsOf(config.spec);
  return (secondsPerStep / (config.batch * TRAINING_EVALUATIONS)) * (steps + beside);
}

/** A line: when a run that begins now will have written its model, by the time of some steps whose results are discarded. */
export async function describeEnd(backend: Backend, plan: PlannedRun, secondsPerStep?: number): Promise<string> {
  const { config, state } = plan;
  const seconds = END + secondsLeft(plan, state.step, secondsPerStep ?? (await secondsHere(backend, config, plan)));
  return `expected end: in ${durationOf(seconds)}, ${new Date(Date.now() + 1000 * seconds).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" })}, at the speed that this machine has now with the ${backend.name} backend`;
}
