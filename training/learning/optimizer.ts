/**
 * Adam (Kingma & Ba 2015) over tensors named by parameter path, and the average of the weights. Every step depends only
 * on its number and the stored moments, so a resumed run equals an uninterrupted one. tfjs's own Adam does not
 * guarantee this: it accumulates beta^t by products in float32, but computes it as a power when weights are loaded.
 */
import type * as TF from "@tensorflow/tfjs";
import type { Tf } from "../network/score-network.ts";
import type { TrainingRecipe } from "./recipe.ts";

/**
 * w <- w / (RMS(w) + epsilon) for each filter, without gradient. So the learning rate keeps its meaning (Karras et al.
 * 2024, section 2.3).
 */
export function toUnitRms(tf: Tf, w: TF.Variable, epsilon: number): void {
  const axes = w.shape.map((_, axis) => axis).slice(0, -1);
  tf.tidy(() => w.assign(tf.div(w, tf.add(tf.sqrt(tf.mean(tf.square(w), axes, true)), epsilon))));
}

export type Variables = ReadonlyMap<string, TF.Variable>;

/** What changes from step to step: lr / (1 - b1^t) and 1 / (1 - b2^t). */
export interface AdamFactors {
  readonly rate: number | TF.Scalar;
  readonly correction: number | TF.Scalar;
}

/** The factors of the step t, counted from 1. */
export const adamFactors = ({ beta1, beta2 }: TrainingRecipe["adam"], learningRate: number, step: number) =>
  ({ rate: learningRate / (1 - beta1 ** step), correction: 1 / (1 - beta2 ** step) }) satisfies AdamFactors;

/**
 * One update in place: m <- b1 m + (1-b1) g, v <- b2 v + (1-b2) g^2, w <- w - lr (m / (1 - b1^t)) / (sqrt(v / (1 -
 * b2^t)) + epsilon).
 */
export function adamStep(
  tf: Tf,
  state: { readonly weights: Variables; readonly first: Variables; readonly second: Variables },
  gradients: TF.NamedTensorMap,
  { beta1, beta2, epsilon }: TrainingRecipe["adam"],
  { rate, correction }: AdamFactors,
): void {
  for (const [path, w] of state.weights) {
    const g = gradients[path];
    const m = state.first.get(path);
    const v = state.second.get(path);
    if (g === undefined || m === undefined || v === undefined) throw new Error(`Expected a gradient and two moments for \`${path}\``);
    tf.tidy(() => {
      m.assign(tf.add(tf.mul(m, beta1), tf.mul(g, 1 - beta1)));
      v.assign(tf.add(tf.mul(v, beta2), tf.mul(tf.square(g), 1 - beta2)));
      w.assign(tf.sub(w, tf.div(tf.mul(m, rate), tf.add(tf.sqrt(tf.mul(v, correction)), epsilon))));
    });
  }
}

/**
 * The share of the weights of the step t, counted from 1, in a power-function average over the training time (Karras et
 * al. 2024, eq. 5): 1 - (1 - 1/t)^(gamma + 1). Its window grows with the run, with a half-life of about 0.04 t steps.
 * So it forgets the start, and no length has to be chosen.
 */
export const averageShare = (gamma: number, step: number): number => 1 - (1 - 1 / step) ** (gamma + 1);

/**
 * The inputs that change from step to step of a compiled step: Adam's factors, and the `share` of the weights in their
 * average. `step` is counted from 1.
 */
export function stepInputs(
  tf: Tf,
  { adam, averageGamma }: Pick<TrainingRecipe, "adam" | "averageGamma">,
  learningRate: number,
  step: number,
) {
  const { rate, correction } = adamFactors(adam, learningRate, step);
  return { rate: tf.scalar(rate), correction: tf.scalar(correction), share: tf.scalar(averageShare(averageGamma, step)) };
}

/** average <- average + share (weights - average). */
export function moveAverage(tf: Tf, average: Variables, weights: Variables, share: number | TF.Scalar): void {
  for (const [path, mean] of average) {
    tf.tidy(() => {
      const w = weights.get(path);
      if (w === undefined) throw new Error(`Expected weights for \`${path}\``);
      mean.assign(tf.add(mean, tf.mul(tf.sub(w, mean), share)));
    });
  }
}
