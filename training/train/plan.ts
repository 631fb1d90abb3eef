/**
 * Plans a run: how its cost is divided between training steps and reports, and how long it will take here.
 * Costs are counted in network evaluations of one image.
 */
import { macsOf } from "../../wasm-model/network/count.ts";
import type { Backend } from "../backend/step.ts";
import { durationOf } from "../cli/progress.ts";
import type { TrainingData } from "../data/dataset.ts";
import { BatchSource } from "../learning/batches.ts";
import { initialState, type TrainingState } from "../learning/checkpoint.ts";
import { phasesAfter, type StepMode } from "../learning/recipe.ts";
import { reportsOf, TRAINING_EVALUATIONS, testImagesOf } from "../learning/reports.ts";
import { constantsOf, Trainer } from "../learning/trainer.ts";
import { gridSize } from "../network/draw.ts";
import { HELD_OUT_SIGMAS } from "../network/held-out.ts";
import { initialParameters } from "../network/parameters.ts";
import type { RunConfig } from "./config.ts";
import { secondThread } from "./second-thread.ts";

/** With guidance the image is also denoised without its class. */
const evaluationsForImage = ({ isGuided }: StepMode): number => TRAINING_EVALUATIONS + Number(isGuided);
/** Evaluations of all reports and, for a folder `test`, of its loss at the end. */
export function evaluationsBeside(config: Pick<RunConfig, "images" | "spec" | "sampling">, validation: number, test = 0): number {
  const { count, images, draws } = reportsOf(config, validation);
  const noisy = count * images * draws + testImagesOf(config, test);
  return HELD_OUT_SIGMAS.length * noisy + config.sampling.steps * count * gridSize(config.spec);
}

export interface PlannedRun {
  readonly config: RunConfig;
  readonly dataset: TrainingData;
  /** The current step. */
  readonly state: Pick<TrainingState, "step">;
}

/** A few lines: images, cost and the expected end. */
export async function describePlan(backend: Backend, { config, dataset, state: { step } }: PlannedRun): Promise<string> {
  const { images, steps, batch, network, spec } = config;
  const { validation, test, hasTest } = dataset;
  const evaluations = evaluationsBeside(config, validation.count, hasTest ? test.count : 0);
  const training = phasesAfter(0, steps, config.recipe).reduce((sum, { mode, steps }) => sum + evaluationsForImage(mode) * steps, 0);
  const work = ((training * images) / steps + evaluations) * macsOf(spec);
  const seconds = await expectedSeconds(backend, config, dataset, step, evaluations);
  return [
    `plan: ${images} images in ${steps} steps of ${batch}, reports: ${reportsOf(config, validation.count).count}`,
    `cost: ${(work / 1e12).toFixed(1)} T multiply-accumulates on ${network} (${(macsOf(spec) / 1e6).toFixed(1)} M per evaluation)`,
    `expected end: in ${durationOf(seconds)}, ${new Date(Date.now() + 1000 * seconds).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" })}, at the speed that this machine has now with the ${backend.name} backend`,
  ].join("\n");
}

/** Images per timed step on the wasm backend, whose speed per image does not depend on it. */
const WASM_BATCH = 16;

/** The first steps compile and allocate, so they are not timed; the next ones are. */
const STEPS = { first: 2, timed: 3 } as const;

/** Seconds per step after the first few: the median of several. */
export async function steadySeconds(step: () => Promise<unknown>, now: () => number = () => performance.now()): Promise<number> {
  for (let k = 0; k < STEPS.first; k++) await step();
  const seconds: number[] = [];
  while (seconds.length < STEPS.timed) {
    const began = now();
    await step();
    seconds.push((now() - began) / 1000);
  }
  return seconds.sort((a, b) => a - b)[Math.floor(STEPS.timed / 2)];
}

/**
 * Seconds until the run ends, including `evaluations` of other work than training. They are measured on steps whose
 * results are discarded.
 */
async function expectedSeconds(
  backend: Backend,
  config: RunConfig,
  dataset: TrainingData,
  step: number,
  evaluations: number,
): Promise<number> {
  const { spec, recipe, seed, steps } = config;
  const batch = backend.name === "wasm" ? Math.min(WASM_BATCH, config.batch) : config.batch;
  const batches = new BatchSource(dataset.train, spec.classes, batch, recipe, seed, config);
  const state = initialState(spec, initialParameters(spec, seed));
  const second = secondThread(backend, steps - step, { spec, constants: constantsOf(state), guidance: recipe.guidance });
  const trainer = new Trainer(backend, spec, recipe, state, second?.of);
  let seconds = 0;
  let evaluation = 0;
  for (const { mode, steps: ofPhase } of phasesAfter(step, steps, recipe)) {
    const image = (await steadySeconds(() => trainer.train(batches.at(trainer.step + 1), 1e-6, mode))) / batch;
    seconds += config.batch * ofPhase * image;
    evaluation ||= image / evaluationsForImage(mode);
  }
  trainer.dispose();
  await second?.stop();
  return seconds + evaluations * evaluation;
}
