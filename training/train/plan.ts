/** What a run will do, and how long it will take here. */
import type * as TF from "@tensorflow/tfjs";
import { macsOf } from "../../wasm-model/network/count.ts";
import { scheduleOf } from "../../wasm-model/sampling/index.ts";
import type { Backend } from "../backend/index.ts";
import { durationOf } from "../cli/duration.ts";
import { BatchSource } from "../data/batches.ts";
import type { Dataset } from "../data/dataset.ts";
import { teacherSpace } from "../distill/features.ts";
import { drawBatch } from "../distill/trajectory.ts";
import type { TrainingState } from "../learning/checkpoint.ts";
import { Learner } from "../learning/learner.ts";
import { initialState, Trainer } from "../learning/trainer.ts";
import { initialParameters } from "../network/parameters.ts";
import { SAMPLING_DEFAULTS } from "../run/sampling-defaults.ts";
import { CANDIDATES } from "../tune/sweep.ts";
import { distillingEvaluations, evaluationsBeside, evaluationsBesideStudent, reportsOf, TRAINING_EVALUATIONS } from "./budget.ts";
import type { RunConfig, StudentSettings } from "./config.ts";
import { trainedModel } from "./config.ts";

export interface PlannedRun {
  readonly config: RunConfig;
  readonly dataset: Dataset;
  /** Where it stands. */
  readonly state: Pick<TrainingState, "step">;
  /** Whether the preset has a student, which the run's images may be too few for. */
  readonly wantsStudent: boolean;
}

/** A few lines: images, cost and the expected end. */
export function describePlan(backend: Backend, { config, dataset, state: { step }, wantsStudent }: PlannedRun): string {
  const { images, steps, batch, network, spec, sweep = 0, student } = config;
  const [training, test] = [dataset.train.count, dataset.test.count];
  const evaluations = evaluationsBeside(config, test, CANDIDATES * sweep) + evaluationsBesideStudent(config, training, CANDIDATES * sweep);
  const distilling = student ? student.images * distillingEvaluations(student) : 0;
  const work = (images * TRAINING_EVALUATIONS + evaluations + distilling) * macsOf(spec);
  const seconds = expectedSeconds(backend, config, dataset, step, evaluations);
  const tuning =
    sweep > 0
      ? `, then ${CANDIDATES} sampling settings tried on ${sweep} pictures each`
      : ", no tuning of sampling settings: too few images";
  const few = student
    ? `, then ${CANDIDATES} more for a student of ${student.evaluations} evaluations, which learns from ${student.images} pictures`
    : wantsStudent
      ? ", no student: too few images"
      : "";
  return [
    `plan: ${images} images in ${steps} steps of ${batch}, reports: ${reportsOf(config, test).count}${tuning}${few}`,
    `cost: ${(work / 1e12).toFixed(1)} T multiply-accumulates on ${network} (${(macsOf(spec) / 1e6).toFixed(1)} M per evaluation)`,
    `expected end: in ${durationOf(seconds)}, ${new Date(Date.now() + 1000 * seconds).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" })}, at the speed that this machine has now with the ${backend.name} backend`,
  ].join("\n");
}

/** Images in the steps that are timed on the wasm backend, whose speed does not depend on them. */
const WASM_BATCH = 16;
/** Pictures in a student's step that is timed. */
const STUDENT_BATCH = 32;

/** Seconds that the rest of the run takes, so many evaluations beside training and distilling included: measured on steps that are thrown away. */
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
  const distilling = config.student ? config.student.images * secondsForPicture(backend, config, config.student) : 0;
  return training + (evaluations * plain) / TRAINING_EVALUATIONS + distilling;
}

/** Seconds for each picture that the student learns from, measured on a network that is thrown away. */
function secondsForPicture(backend: Backend, config: RunConfig, { evaluations, batch: most }: StudentSettings): number {
  const { tf } = backend;
  const { spec, recipe, seed } = config;
  const batch = Math.min(most, backend.name === "wasm" ? WASM_BATCH : STUDENT_BATCH);
  const weights = initialParameters(spec, seed);
  const learner = new Learner(tf, spec, recipe, initialState(spec, weights));
  const schedule = scheduleOf({ ...SAMPLING_DEFAULTS, steps: evaluations });
  const seconds = tf.tidy(() => {
    const space = teacherSpace(tf, trainedModel(config, weights));
    const input = { label: tf.zeros([batch, spec.classes]), stream: "plan" };
    const objective = (): TF.Scalar => {
      const features = space.features(drawBatch(tf, spec, learner.weights, schedule, input), input.stream);
      return tf.addN(features.map((part) => tf.mean(part))) as TF.Scalar;
    };
    const timed = (): number => {
      const began = performance.now();
      backend.train(() => learner.descend(objective, 1e-6));
      return (performance.now() - began) / 1000 / batch;
    };
    timed(); // the first step is slower
    return timed();
  });
  learner.dispose();
  return seconds;
}
