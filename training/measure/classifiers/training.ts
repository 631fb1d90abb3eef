/** Trains the classifier: softmax cross-entropy on augmented images, with averaged weights at the end. */

import type * as TF from "@tensorflow/tfjs";
import { gaussians, seedState } from "../../../wasm-model/sampling/random.ts";
import type { Backend } from "../../backend/index.ts";
import type { Dataset } from "../../data/dataset.ts";
import { toUnitRms } from "../../learning/learner.ts";
import { adamStep, averageStep, type Variables } from "../../learning/optimizer.ts";
import { RECIPE, rateAt } from "../../learning/recipe.ts";
import { sizeOf } from "../../network/parameters.ts";
import type { Tf } from "../../network/score-network.ts";
import { type Augmented, type AugmentedBatch, AugmentedBatches, BATCH } from "./batches.ts";
import {
  CLASSIFIERS,
  type ClassifierName,
  type ClassifierSpec,
  classifierShapes,
  classifierSpec,
  featuresOf,
  isFilter,
  logitsOf,
} from "./classifier.ts";

export interface ClassifierTraining extends Augmented {
  readonly network: ClassifierName;
  /** Initial filters by path, instead of random ones. */
  readonly init?: ReadonlyMap<string, Float32Array> | undefined;
  /** The peak of its schedule. */
  readonly learningRate: number;
  /** Images seen, with repetition. */
  readonly images: number;
  /** Computes a step (backend/index.ts). */
  readonly train: Backend["train"];
  /**
   * Called after each batch with the images seen and the batch's loss; awaited, so that the caller stays responsive.
   */
  readonly onProgress: (images: number, loss: number) => void | Promise<void>;
}

/** Filters of the trained classifier, averaged over the last steps, by path in tfjs' layout. */
export async function trainClassifier(tf: Tf, dataset: Dataset, training: ClassifierTraining): Promise<Map<string, Float32Array>> {
  const spec = classifierSpec(dataset, training.network);
  const shapes = classifierShapes(spec);
  const variables = (valuesOf: (path: string, shape: readonly number[]) => Float32Array): Map<string, TF.Variable> =>
    new Map([...shapes].map(([path, shape]) => [path, tf.variable(tf.tensor(valuesOf(path, shape), [...shape]))]));
  const weights = variables((path, shape) => training.init?.get(path) ?? initialValues(training.seed, path, shape));
  const zeros = (_: string, shape: readonly number[]): Float32Array => new Float32Array(sizeOf(shape));
  const [first, second, average] = [variables(zeros), variables(zeros), variables(zeros)];

  const batches = new AugmentedBatches(dataset, training);
  const steps = Math.ceil(training.images / BATCH);
  const schedule = { ...training, steps, recipe: RECIPE };
  for (let step = 1; step <= steps; step++) {
    for (const w of weights.values()) if (isFilter(w.shape)) toUnitRms(tf, w, RECIPE.filterEpsilon);
    const batch = batches.at(step);
    const rate = rateAt(schedule, step);
    const loss = training.train(() => descend(tf, spec, { weights, first, second }, batch, rate, step));
    averageStep(tf, average, weights, RECIPE.averageGamma, step);
    await training.onProgress(step * BATCH, loss);
  }
  const trained = new Map([...average].map(([path, variable]) => [path, variable.dataSync() as Float32Array]));
  for (const group of [weights, first, second, average]) tf.dispose([...group.values()]);
  return trained;
}

/** Filters ~ N(0, 1); gains start at 1, biases at 0. */
function initialValues(seed: string, path: string, shape: readonly number[]): Float32Array {
  const values = new Float32Array(sizeOf(shape)).fill(path.endsWith(".bias") ? 0 : 1);
  if (isFilter(shape)) gaussians(seedState(`${seed}/${path}`), 0, values);
  return values;
}

interface State {
  readonly weights: Variables;
  readonly first: Variables;
  readonly second: Variables;
}

/** One Adam step on a batch; returns the loss before it. */
function descend(tf: Tf, spec: ClassifierSpec, state: State, batch: AugmentedBatch, rate: number, step: number): number {
  const { images, shape, labels } = batch;
  const { value, grads } = tf.variableGrads(() => {
    const features = featuresOf(tf, spec, state.weights, tf.tensor(images, [...shape]));
    const logits = logitsOf(tf, spec, state.weights, features);
    const { smoothing } = CLASSIFIERS[spec.network];
    return tf.losses.softmaxCrossEntropy(tf.tensor(labels, [shape[0], spec.classes]), logits, undefined, smoothing) as TF.Scalar;
  }, [...state.weights.values()]);
  const gradients = Object.fromEntries([...state.weights].map(([path, variable]) => [path, grads[variable.name] as TF.Tensor]));
  adamStep(tf, state, gradients, RECIPE.adam, rate, step);
  const [loss] = value.dataSync();
  tf.dispose([value, grads]);
  return loss;
}
