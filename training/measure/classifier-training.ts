/** Trains the classifier: softmax cross-entropy on images that are shifted, mirrored and blotted at random, averaged weights in the end. */

import type * as TF from "@tensorflow/tfjs";
import { unitValue } from "../../wasm-model/render/image/pixels.ts";
import { gaussians, seedState, uniforms } from "../../wasm-model/sampling/random.ts";
import type { Backend } from "../backend/index.ts";
import { oneHot } from "../data/batches.ts";
import type { Dataset } from "../data/dataset.ts";
import { Epochs } from "../data/epochs.ts";
import type { Split } from "../data/split.ts";
import { adamStep, type Variables } from "../learning/adam.ts";
import { averageStep } from "../learning/ema.ts";
import { toUnitRms } from "../learning/learner.ts";
import { RECIPE } from "../learning/recipe.ts";
import { learningRate } from "../learning/trainer.ts";
import { sizeOf } from "../network/parameters.ts";
import type { Tf } from "../network/score-network.ts";
import {
  CLASSIFIERS,
  type ClassifierName,
  type ClassifierSpec,
  classifierShapes,
  classifierSpec,
  featuresOf,
  logitsOf,
} from "./classifier.ts";

export interface ClassifierTraining {
  readonly network: ClassifierName;
  /** Filters to go on from, by path, instead of random ones. */
  readonly init?: ReadonlyMap<string, Float32Array> | undefined;
  /** Its peak. */
  readonly learningRate: number;
  /** Images seen, with repetition. */
  readonly images: number;
  /** Largest shift of an image in pixels, each way. */
  readonly shift: number;
  /** Mirrors every other image: right for garments, wrong for digits. */
  readonly mirror: boolean;
  /** Blots out a square of every other image (Zhong et al. 2017), so that no single detail decides. */
  readonly erase: boolean;
  /** Largest standard deviation of the noise that images are seen under: each image has its own, uniform from 0. */
  readonly noise: number;
  readonly seed: string;
  /** Computes a step (backend/index.ts). */
  readonly train: Backend["train"];
  /** Called after each batch with the images seen and that batch's loss; awaited, so that the caller stays responsive. */
  readonly onProgress: (images: number, loss: number) => void | Promise<void>;
}

const BATCH = 128;
/** Side of the square that is blotted out, in pixels. */
const BLOT = 8;

/** Filters of the trained classifier, averaged over the last steps, by path in tfjs' layout. */
export async function trainClassifier(tf: Tf, dataset: Dataset, training: ClassifierTraining): Promise<Map<string, Float32Array>> {
  const spec = classifierSpec(dataset, training.network);
  const shapes = classifierShapes(spec);
  const variables = (valuesOf: (path: string, shape: readonly number[]) => Float32Array): Map<string, TF.Variable> =>
    new Map([...shapes].map(([path, shape]) => [path, tf.variable(tf.tensor(valuesOf(path, shape), [...shape]))]));
  const weights = variables((path, shape) => training.init?.get(path) ?? initialValues(`${training.seed}/${path}`, shape));
  const zeros = (_: string, shape: readonly number[]): Float32Array => new Float32Array(sizeOf(shape));
  const [first, second, average] = [variables(zeros), variables(zeros), variables(zeros)];

  const batches = new AugmentedBatches(dataset, training);
  const steps = Math.ceil(training.images / BATCH);
  for (let step = 1; step <= steps; step++) {
    for (const [path, w] of weights) if (path !== "out.gain") toUnitRms(tf, w, RECIPE.filterEpsilon);
    const batch = batches.at(step);
    const rate = learningRate(training.learningRate, step, steps, RECIPE);
    const loss = training.train(() => descend(tf, spec, { weights, first, second }, batch, rate, step));
    averageStep(tf, average, weights, RECIPE.averageGamma, step);
    await training.onProgress(step * BATCH, loss);
  }
  const trained = new Map([...average].map(([path, variable]) => [path, variable.dataSync() as Float32Array]));
  for (const group of [weights, first, second, average]) tf.dispose([...group.values()]);
  return trained;
}

/** Filters ~ N(0, 1); the gain starts at 1. */
function initialValues(seed: string, shape: readonly number[]): Float32Array {
  const values = new Float32Array(sizeOf(shape)).fill(1);
  if (shape.length > 0) gaussians(seedState(seed), 0, values);
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

interface AugmentedBatch {
  /** [B, H, W, C] in [-1, 1]. */
  readonly images: Float32Array;
  readonly shape: readonly [number, number, number, number];
  /** One-hot, [B, K]. */
  readonly labels: Float32Array;
}

/** Batches as functions of (seed, step). */
class AugmentedBatches {
  private readonly dataset: Dataset;
  private readonly training: ClassifierTraining;
  private readonly epochs: Epochs;

  constructor(dataset: Dataset, training: ClassifierTraining) {
    this.dataset = dataset;
    this.training = training;
    this.epochs = new Epochs(dataset.train.count, seedState(`${training.seed}/order`));
  }

  at(step: number): AugmentedBatch {
    const { dataset, training, epochs } = this;
    const { train, height, width, channels, labels } = dataset;
    const size = height * width * channels;
    const moves = new Float64Array(3 * BATCH);
    uniforms(seedState(`${training.seed}/moves`), step, moves);
    const noises = new Float64Array(BATCH);
    uniforms(seedState(`${training.seed}/noises`), step, noises);
    const blots = new Float64Array(3 * BATCH);
    uniforms(seedState(`${training.seed}/blots`), step, blots);
    const images = new Float32Array(BATCH * size).fill(-1);
    const classes = new Uint16Array(BATCH);
    for (let b = 0; b < BATCH; b++) {
      const image = epochs.imageAt((step - 1) * BATCH + b);
      classes[b] = train.labels[image];
      const [u, v, w] = moves.subarray(3 * b, 3 * b + 3);
      const move = { dx: shiftOf(u, training), dy: shiftOf(v, training), mirror: training.mirror && w < 0.5 };
      const moved = images.subarray(b * size, (b + 1) * size);
      moveImage(dataset, train, image, move, moved);
      const [p, q, r] = blots.subarray(3 * b, 3 * b + 3);
      if (training.erase && r < 0.5) blot(dataset, moved, Math.floor(p * width), Math.floor(q * height));
      if (training.noise > 0) addNoise(moved, training.noise * noises[b], seedState(`${training.seed}/noise/${step}/${b}`));
    }
    return {
      images,
      shape: [BATCH, height, width, channels],
      labels: oneHot(classes, labels.length),
    };
  }
}

/** -shift to shift, all alike. */
const shiftOf = (uniform: number, { shift }: ClassifierTraining): number => Math.floor(uniform * (2 * shift + 1)) - shift;

interface Move {
  readonly dx: number;
  readonly dy: number;
  readonly mirror: boolean;
}

/** An image of the split, mirrored and shifted, as [H, W, C] in [-1, 1]; what comes in from outside keeps the value that `out` has. */
function moveImage(
  { height, width, channels }: Dataset,
  { images }: Split,
  index: number,
  { dx, dy, mirror }: Move,
  out: Float32Array,
): void {
  const image = images(index, index + 1);
  for (let y = Math.max(0, dy); y < Math.min(height, height + dy); y++) {
    for (let x = Math.max(0, dx); x < Math.min(width, width + dx); x++) {
      const from = (y - dy) * width + (mirror ? width - 1 - (x - dx) : x - dx);
      for (let c = 0; c < channels; c++) out[(y * width + x) * channels + c] = unitValue(image[from * channels + c]);
    }
  }
}

function addNoise(image: Float32Array, sigma: number, state: ReturnType<typeof seedState>): void {
  const noise = new Float32Array(image.length);
  gaussians(state, 0, noise);
  for (let i = 0; i < image.length; i++) image[i] += sigma * noise[i];
}

/** Makes the square around (x, y) of [H, W, C] black. */
function blot({ height, width, channels }: Dataset, image: Float32Array, x: number, y: number): void {
  const [left, top] = [x - BLOT / 2, y - BLOT / 2];
  const [from, to] = [Math.max(0, left) * channels, Math.min(width, left + BLOT) * channels];
  for (let row = Math.max(0, top); row < Math.min(height, top + BLOT); row++) {
    image.fill(-1, row * width * channels + from, row * width * channels + to);
  }
}
