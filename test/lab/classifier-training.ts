/** Trains the classifier: softmax cross-entropy on augmented images, with averaged weights at the end. */

import type * as TF from "@tensorflow/tfjs";
import type { Backend } from "../../training/backend/step.ts";
import type { Dataset } from "../../training/data/dataset.ts";
import { adamStep, moveAverage, stepInputs, toUnitRms, type Variables } from "../../training/learning/optimizer.ts";
import { RECIPE, rateAt } from "../../training/learning/recipe.ts";
import {
  CLASSIFIERS,
  type ClassifierName,
  type ClassifierSpec,
  classifierShapes,
  classifierSpec,
  featuresOf,
  isFilter,
  logitsOf,
} from "../../training/measure/classifiers/classifier.ts";
import { sizeOf } from "../../training/network/parameters.ts";
import type { Tf } from "../../training/network/score-network.ts";
import { gaussians, seedState } from "../../wasm-model/sampling/random.ts";
import { type Augmented, AugmentedBatches, BATCH } from "./classifier-batches.ts";

export interface ClassifierTraining extends Augmented {
  readonly network: ClassifierName;
  /** Initial filters by path, instead of random ones. */
  readonly init?: ReadonlyMap<string, Float32Array> | undefined;
  /** The peak of its schedule. */
  readonly learningRate: number;
  /** Images seen, with repetition. */
  readonly images: number;
  /**
   * Called after each batch with the images seen and the batch's loss; awaited, so that the caller stays responsive.
   */
  readonly onProgress: (images: number, loss: number) => void | Promise<void>;
}

/** Filters of the trained classifier, averaged over the last steps, by path in tfjs' layout. */
export async function trainClassifier(
  { tf, compile }: Pick<Backend, "tf" | "compile">,
  dataset: Dataset,
  training: ClassifierTraining,
): Promise<Map<string, Float32Array>> {
  const spec = classifierSpec(dataset, training.network);
  const shapes = classifierShapes(spec);
  const variables = (valuesOf: (path: string, shape: readonly number[]) => Float32Array): Map<string, TF.Variable> =>
    new Map([...shapes].map(([path, shape]) => [path, tf.variable(tf.tensor(valuesOf(path, shape), [...shape]))]));
  const weights = variables((path, shape) => training.init?.get(path) ?? initialValues(training.seed, path, shape));
  const zeros = (_: string, shape: readonly number[]): Float32Array => new Float32Array(sizeOf(shape));
  const [first, second, average] = [variables(zeros), variables(zeros), variables(zeros)];

  const state = [weights, first, second, average].flatMap((group) => [...group.values()]);
  const run = compile(state, ({ images, labels, rate, correction, share }) => {
    for (const w of weights.values()) if (isFilter(w.shape)) toUnitRms(tf, w, RECIPE.filterEpsilon);
    const { value, grads } = tf.variableGrads(() => lossOf(tf, spec, weights, images!, labels!), [...weights.values()]);
    const gradients = Object.fromEntries([...weights].map(([path, variable]) => [path, grads[variable.name]]));
    const factors = { rate: rate as TF.Scalar, correction: correction as TF.Scalar };
    adamStep(tf, { weights, first, second }, gradients, RECIPE.adam, factors);
    moveAverage(tf, average, weights, share as TF.Scalar);
    return [value];
  });

  const batches = new AugmentedBatches(dataset, training);
  const steps = Math.ceil(training.images / BATCH);
  const schedule = { ...training, steps, recipe: RECIPE };
  for (let step = 1; step <= steps; step++) {
    const { images, shape, labels } = batches.at(step);
    const inputs = {
      images: tf.tensor(images, [...shape]),
      labels: tf.tensor(labels, [shape[0], spec.classes]),
      ...stepInputs(tf, RECIPE, rateAt(schedule, step), step),
    };
    const [loss] = run(inputs) as [number];
    tf.dispose(inputs);
    await training.onProgress(step * BATCH, loss);
  }
  const trained = new Map([...average].map(([path, variable]) => [path, variable.dataSync() as Float32Array]));
  tf.dispose(state);
  return trained;
}

/** Filters ~ N(0, 1); gains start at 1, biases at 0. */
function initialValues(seed: string, path: string, shape: readonly number[]): Float32Array {
  const values = new Float32Array(sizeOf(shape)).fill(path.endsWith(".bias") ? 0 : 1);
  if (isFilter(shape)) gaussians(seedState(`${seed}/${path}`), 0, values);
  return values;
}

/** Softmax cross-entropy of images [B, H, W, C] with labels [B, K]. */
function lossOf(tf: Tf, spec: ClassifierSpec, weights: Variables, images: TF.Tensor, labels: TF.Tensor): TF.Scalar {
  const logits = logitsOf(tf, spec, weights, featuresOf(tf, spec, weights, images));
  return tf.losses.softmaxCrossEntropy(labels, logits, undefined, CLASSIFIERS[spec.network].smoothing);
}
