/**
 * Distribution matching (Yin et al. 2024, DMD2, eq. 2 and section 4, without its adversary). An auxiliary denoiser A follows what the student draws: for finished pictures y and
 * y' = y + s n it learns, with weight (s^2 + sd^2) / (s sd)^2,
 *
 *   |A(y', s) - y|^2 + |A(y', s) - T(y', s)|^2,
 *
 * the second term keeping it near the teacher T (after Salimans et al. 2024, "Multistep distillation by moment matching"); the student's pictures move down (A(y', s) - T(y', s)) / mean |y - T(y', s)|,
 * the difference of the two scores.
 */
import type * as TF from "@tensorflow/tfjs";
import type { NetworkSpec } from "../../wasm-model/network.ts";
import { denoise, type Tf, type Weights } from "../score-network.ts";
import { normals, randomSigmas } from "./random.ts";
import type { Replica } from "./replica.ts";

/** Noise levels that pictures are compared at. */
export const MATCHED_SIGMAS = [0.05, 4] as const;

/** Finished pictures without their history: [B, H, W, C], with their classes [B, K]. */
export interface Pictures {
  readonly images: TF.Tensor;
  readonly label: TF.Tensor;
}

/** A of the pictures and T of them, both at the same noise; inside a tidy. */
function compared(tf: Tf, spec: NetworkSpec, auxiliary: Weights, teacher: Weights, { images, label }: Pictures, stream: string) {
  const batch = images.shape[0] as number;
  const sigma = tf.tensor2d(randomSigmas(`${stream}/sigma`, batch, MATCHED_SIGMAS), [batch, 1]);
  const x = tf.add(images, tf.mul(normals(tf, `${stream}/noise`, images.shape), tf.reshape(sigma, [-1, 1, 1, 1])));
  const input = { x, sigma, label };
  return { sigma, followed: denoise(tf, spec, auxiliary, input), taught: denoise(tf, spec, teacher, input) };
}

/** The direction that the pictures move down, [B, H, W, C]; without gradient. */
export function matchingDirection(
  tf: Tf,
  spec: NetworkSpec,
  auxiliary: Weights,
  teacher: Weights,
  pictures: Pictures,
  stream: string,
): TF.Tensor {
  return tf.tidy(() => {
    const { followed, taught } = compared(tf, spec, auxiliary, teacher, pictures, stream);
    const distance = tf.mean(tf.abs(tf.sub(pictures.images, taught)), [1, 2, 3], true);
    return tf.div(tf.sub(followed, taught), distance);
  });
}

/** One update of the auxiliary denoiser on pictures; returns its loss. */
export function followPictures(
  tf: Tf,
  spec: NetworkSpec,
  auxiliary: Replica,
  teacher: Weights,
  pictures: Pictures,
  stream: string,
  { rate, step }: { readonly rate: number; readonly step: number },
): number {
  const objective = (): TF.Scalar => {
    const { sigma, followed, taught } = compared(tf, spec, auxiliary.weights, teacher, pictures, stream);
    const squares = (target: TF.Tensor): TF.Tensor => tf.mean(tf.square(tf.sub(followed, target)), [1, 2, 3]);
    const variance = tf.square(sigma);
    const weight = tf.div(tf.add(variance, spec.sigmaData ** 2), tf.mul(variance, spec.sigmaData ** 2));
    return tf.mean(tf.mul(tf.reshape(weight, [-1]), tf.add(squares(pictures.images), squares(taught)))) as TF.Scalar;
  };
  return auxiliary.descend(objective, rate, step);
}
