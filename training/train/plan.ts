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
import { secondsPerStep } from "../learning/learn.ts";
import { coolDownAfter, reportsOf, TRAINING_EVALUATIONS, testImagesOf } from "../learning/reports.ts";
import { Trainer } from "../learning/trainer.ts";
import { gridSize } from "../network/draw.ts";
import { HELD_OUT_SIGMAS } from "../network/held-out.ts";
import type { RunConfig } from "./config.ts";
import { secondThread } from "./second-thread.ts";

/** Evaluations of the steps after `done`, if its loss falls to the end. To learn guidance, an image is also denoised by the pretrained network. */
function evaluationsOfSteps(config: RunConfig, done = 0): number {
  const stable = Math.ceil(config.recipe.stableShare * config.steps);
  const end = stable + coolDownAfter(stable, config);
  const cooling = Math.max(0, end - Math.max(done, stable));
  return config.batch * (TRAINING_EVALUATIONS * Math.max(0, end - done) + (config.recipe.guidance.weight === 1 ? 0 : cooling));
}

/** Evaluations of all reports and, for a folder `test`, of its loss at the end. */
export function evaluationsBeside(config: Pick<RunConfig, "images" | "spec" | "sampling">, validation: number, test = 0): number {
  const { count, images, draws } = reportsOf(config, validation);
  const noisy = count * images * draws + testImagesOf(config, test);
  return HELD_OUT_SIGMAS.length * noisy + config.sampling.steps * count * gridSize(config.spec);
}

const evaluationsBesideIn = ({ config, dataset: { validation, test, hasTest } }: Pick<PlannedRun, "config" | "dataset">): number =>
  evaluationsBeside(config, validation.count, hasTest ? test.count : 0);

export interface PlannedRun {
  readonly config: RunConfig;
  readonly dataset: TrainingData;
  /** Where it is now. */
  readonly state: TrainingState;
}

/** Lines on images, what finishes them if it is learned, and cost. */
export function describePlan(plan: Pick<PlannedRun, "config" | "dataset">): string {
  const { images, steps, batch, network, spec, matte, enlarger } = plan.config;
  const work = (evaluationsOfSteps(plan.config) + evaluationsBesideIn(plan)) * macsOf(spec) + finishingCost(plan.config);
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

/** A line: when a run that begins now will be at its end, by the time of some steps whose results are discarded. */
export async function describeEnd(backend: Backend, plan: PlannedRun): Promise<string> {
  const { config, dataset, state } = plan;
  const second = secondThread(backend, config, state);
  const each = await secondsPerStep(config, dataset, new Trainer(backend, config, state, { otherThread: second?.of }), setImmediate);
  await second?.stop();
  const evaluations = evaluationsOfSteps(config, state.step) + evaluationsBesideIn(plan) + finishingCost(config) / macsOf(config.spec);
  const seconds = (each / (config.batch * TRAINING_EVALUATIONS)) * evaluations;
  return `expected end: in ${durationOf(seconds)}, ${new Date(Date.now() + 1000 * seconds).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" })}, at the speed that this machine has now with the ${backend.name} backend`;
}
