/**
 * Distribution matching (Yin et al. 2024, DMD2, eq. 2 and section 4, without its adversary). An auxiliary denoiser A follows what the student draws: for finished images y and
 * y' = y + s n it learns, with weight (s^2 + sd^2) / (s sd)^2,
 *
 *   |A(y', s) - y|^2 + |A(y', s) - T(y', s)|^2,
 *
 * the second term keeping it near the teacher T (after Salimans et al. 2024, "Multistep distillation by moment matching"); the student's images move down (A(y', s) - T(y', s)) / mean |y - T(y', s)|,
 * the difference of the two scores. B images of H x W pixels, C channels and K classes.
 */
import type * as TF from "@tensorflow/tfjs";
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import type { Learner } from "../learning/learner.ts";
import { denoise, type Tf, type Weights } from "../network/score-network.ts";
import { normals, randomSigmas } from "./random.ts";

/** Noise levels that images are compared at. */
const SIGMAS = [0.05, 4] as const;

/** Finished images without their history, [B, H, W, C], and their classes [B, K]. */
export interface DrawnImages {
  readonly images: TF.Tensor;
  readonly label: TF.Tensor;
}

export class MatchingLoss {
  /** A. */
  readonly auxiliary: Learner;
  private readonly tf: Tf;
  private readonly spec: NetworkSpec;
  private readonly teacher: Weights;

  constructor(tf: Tf, spec: NetworkSpec, auxiliary: Learner, teacher: Weights) {
    this.tf = tf;
    this.spec = spec;
    this.auxiliary = auxiliary;
    this.teacher = teacher;
  }

  /** A scalar whose gradient at finished images is the direction that they move down. */
  objective(images: TF.Tensor, label: TF.Tensor, stream: string): TF.Scalar {
    const { tf } = this;
    const values = tf.tensor(images.dataSync(), images.shape);
    const direction = tf.tidy(() => {
      const { followed, taught } = this.compared({ images: values, label }, `${stream}/match`);
      const distance = tf.mean(tf.abs(tf.sub(values, taught)), [1, 2, 3], true);
      return tf.div(tf.sub(followed, taught), distance).dataSync();
    });
    return tf.mean(tf.mul(images, tf.tensor(direction, images.shape))) as TF.Scalar;
  }

  /** One update of the auxiliary denoiser; returns its loss. */
  follow(drawn: DrawnImages, stream: string, rate: number): number {
    const { tf, spec } = this;
    return this.auxiliary.descend(() => {
      const { sigma, followed, taught } = this.compared(drawn, stream);
      const squares = (target: TF.Tensor): TF.Tensor => tf.mean(tf.square(tf.sub(followed, target)), [1, 2, 3]);
      const variance = tf.square(sigma);
      const weight = tf.div(tf.add(variance, spec.sigmaData ** 2), tf.mul(variance, spec.sigmaData ** 2));
      return tf.mean(tf.mul(tf.reshape(weight, [-1]), tf.add(squares(drawn.images), squares(taught)))) as TF.Scalar;
    }, rate);
  }

  /** A and T of the images, both with the same noise. */
  private compared({ images, label }: DrawnImages, stream: string): Record<"sigma" | "followed" | "taught", TF.Tensor> {
    const { tf, spec } = this;
    const batch = images.shape[0] as number;
    const sigma = tf.tensor2d(randomSigmas(`${stream}/sigma`, batch, SIGMAS), [batch, 1]);
    const x = tf.add(images, tf.mul(normals(tf, `${stream}/noise`, images.shape), tf.reshape(sigma, [-1, 1, 1, 1])));
    const input = { x, sigma, label };
    return { sigma, followed: denoise(tf, spec, this.auxiliary.weights, input), taught: denoise(tf, spec, this.teacher, input) };
  }
}
