/** What a run will do, and how long it will take here. */
import { macsOf } from "../../wasm-model/network/count.ts";
import type { Backend } from "../backend/index.ts";
import { BatchSource } from "../data/batches.ts";
import type { Dataset } from "../data/dataset.ts";
import { initialParameters } from "../network/parameters.ts";
import { evaluationsBeside, reportsOf, TRAINING_EVALUATIONS } from "./budget.ts";
import type { RunConfig } from "./config.ts";
import { CANDIDATES } from "./sweep.ts";
import { initialState, Trainer } from "./trainer.ts";
import { durationOf } from "./training-time.ts";

/** A few lines: images, cost and, for a run that is at `step`, the expected end. */
export function describePlan(backend: Backend, config: RunConfig, dataset: Dataset, step: number): string {
  const { images, steps, batch, network, spec, sweep = 0 } = config;
  const evaluations = evaluationsBeside(config, dataset.test.count, CANDIDATES * sweep);
  const work = (images * TRAINING_EVALUATIONS + evaluations) * macsOf(spec);
  const seconds = expectedSeconds(backend, config, dataset, step, evaluations);
  const tuning =
    sweep > 0
      ? `, then ${CANDIDATES} sampling settings tried on ${sweep} pictures each`
      : ", no tuning of sampling settings: too few images";
  return [
    `plan: ${images} images in ${steps} steps of ${batch}, reports: ${reportsOf(config, dataset.test.count).count}${tuning}`,
    `cost: ${(work / 1e12).toFixed(1)} T multiply-accumulates on ${network} (${(macsOf(spec) / 1e6).toFixed(1)} M per evaluation)`,
    `expected end: in ${durationOf(seconds)}, ${new Date(Date.now() + 1000 * seconds).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" })}, at the speed that this machine has now with the ${backend.name} backend`,
  ].join("\n");
}

/** Images in the steps that are timed on the wasm backend, whose speed does not depend on them. */
const WASM_BATCH = 16;

/** Seconds that the rest of the run takes, reports and sweep of so many evaluations included: measured on steps that are thrown away. */
function expectedSeconds(backend: Backend, config: RunConfig, dataset: Dataset, step: number, evaluations: number): number {
  const { tf } = backend;
  const { spec, recipe, seed, steps } = config;
  const batch = backend.name === "wasm" ? Math.min(WASM_BATCH, config.batch) : config.batch;
  const batches = new BatchSource(dataset.train, spec.classes, batch, recipe, seed, undefined, config);
  const trainer = new Trainer(tf, spec, recipe, initialState(spec, initialParameters(spec, seed)));
  const timed = (fakeQuantization: boolean): number => {
    const began = performance.now();
    backend.train(() => trainer.train(batches.at(trainer.step + 1), 1e-6, { fakeQuantization }));
    return (performance.now() - began) / 1000 / batch;
  };
  timed(true); // the first step is slower
  const [plain, quantized] = [timed(false), timed(true)];
  trainer.dispose();
  const quantizedSteps = Math.min(steps - step, recipe.quantizedShare * steps);
  const training = config.batch * ((steps - step - quantizedSteps) * plain + quantizedSteps * quantized);
  return training + (evaluations * plain) / TRAINING_EVALUATIONS;
}
