/** Trains the classifier: softmax cross-entropy on augmented images, with averaged weights at the end. */

import type * as TF from "@tensorflow/tfjs";
import type { Backend } from "../../training/backend/step.ts";
import type { Dataset } from "../../training/data/dataset.ts";
import { DeviceWeights } from "../../training/learning/gradient.ts";
import { Layout, Optimizer } from "../../training/learning/optimizer.ts";
import { RECIPE, rateAt } from "../../training/learning/recipe.ts";
import { sizeOf } from "../../training/network/parameters.ts";
import type { Tf, WeightTensors } from "../../training/network/score-network.ts";
import { gaussians, seedState } from "../../wasm-model/sampling/random.ts";
import { type Augmented, AugmentedBatches, BATCH } from "./classifier-batches.ts";
import {
  CLASSIFIERS,
  type ClassifierName,
  type ClassifierSpec,
  classifierShapes,
  classifierSpec,
  featuresOf,
  isFilter,
  logitsOf,
} from "./classifiers/classifier.ts";

/** Share of the steps, at the end, over which the learning rate falls to zero. */
const DECAY = 0.6;

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
  backend: Pick<Backend, "tf" | "compile">,
  dataset: Dataset,
  training: ClassifierTraining,
): Promise<Map<string, Float32Array>> {
  const { tf } = backend;
  const spec = classifierSpec(dataset, training.network);
  const layout = new Layout(Array.from(classifierShapes(spec), ([path, shape]) => ({ path, shape, isFilter: isFilter(shape) })));
  const optimizer = new Optimizer(layout);
  for (const [path, values] of layout.parts(optimizer.vector("weights"))) {
    const { shape } = layout.places.find((place) => place.path === path)!;
    values.set(training.init?.get(path) ?? initialValues(training.seed, path, shape));
  }
  const weights = new DeviceWeights(backend, layout);
  const gradientOf = weights.gradientOf(({ images, labels }) => () => {
    const loss = lossOf(tf, spec, weights.all, images!, labels!);
    return { objective: loss, loss };
  });

  const batches = new AugmentedBatches(dataset, training);
  const steps = Math.ceil(training.images / BATCH);
  const schedule = { ...training, steps, recipe: RECIPE };
  for (let step = 1; step <= steps; step++) {
    optimizer.normalize(RECIPE.filterEpsilon);
    const { images, shape, labels } = batches.at(step);
    const inputs = { images: tf.tensor(images, [...shape]), labels: tf.tensor(labels, [shape[0], spec.classes]) };
    const { loss, gradient } = gradientOf(optimizer.vector("unit"), inputs);
    optimizer.vector("gradient").set(gradient);
    optimizer.step(RECIPE, rateAt(schedule, step, { step: (1 - DECAY) * steps, steps: DECAY * steps }), step);
    await training.onProgress(step * BATCH, loss);
  }
  weights.dispose();
  return new Map([...layout.parts(optimizer.vector("average"))].map(([path, values]) => [path, values.slice()]));
}

/** Filters ~ N(0, 1); gains start at 1, biases at 0. */
function initialValues(seed: string, path: string, shape: readonly number[]): Float32Array {
  const values = new Float32Array(sizeOf(shape)).fill(path.endsWith(".bias") ? 0 : 1);
  if (isFilter(shape)) gaussians(seedState(`${seed}/${path}`), 0, values);
  return values;
}

/** Softmax cross-entropy of images [B, H, W, C] with labels [B, K]. */
function lossOf(tf: Tf, spec: ClassifierSpec, weights: WeightTensors, images: TF.Tensor, labels: TF.Tensor): TF.Scalar {
  const logits = logitsOf(tf, spec, weights, featuresOf(tf, spec, weights, images));
  return tf.losses.softmaxCrossEntropy(labels, logits, undefined, CLASSIFIERS[spec.network].smoothing);
}
