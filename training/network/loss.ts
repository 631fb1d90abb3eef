/**
 * Denoising score matching (Vincent 2011; Song & Ermon 2019, eq. 5) with the weighting of Karras et al. 2022 and the
 * learned log-variance of Karras et al. 2024. Also learned guidance (Tang et al. 2025, "Diffusion models without
 * classifier-free guidance"), away from the pretrained network that the run started from (Zhong et al. 2025, "Domain guidance"):
 * the network learns to denoise as it would with guidance. Guided images then cost one network evaluation a step instead of two.
 * B images of H x W pixels and C channels, P = C H W values.
 */

import type * as TF from "@tensorflow/tfjs";
import { logVariance } from "../../wasm-model/network/network.ts";
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import { straightThrough } from "./maps.ts";
import { denoise, type TensorNetwork, type Tf, tensorOps } from "./score-network.ts";

/** One batch on the device. */
export interface BatchTensors {
  /** Clean images [B, H, W, C] in [-1, 1]. */
  readonly clean: TF.Tensor;
  /** Standard normal noise, of the same shape. */
  readonly noise: TF.Tensor;
  /** Noise levels [B, 1]. */
  readonly sigma: TF.Tensor;
  /** One-hot classes [B, K]; zeros where the label was dropped. */
  readonly label: TF.Tensor;
  /** How the images were changed [B, CHANGES], if the network is conditioned on it. */
  readonly change?: TF.Tensor;
  /** If guidance is learned. */
  readonly guide?: Guide;
}

/** x + s n, [B, H, W, C]. */
export const noisyImages = (tf: Tf, { clean, noise, sigma }: BatchTensors): TF.Tensor =>
  tf.add(clean, tf.mul(noise, tf.reshape(sigma, [-1, 1, 1, 1])));

/** The guidance that is learned. */
export interface Guidance {
  /** w of D_pretrained + w (D - D_pretrained); 1 is no guidance. */
  readonly weight: number;
  /** Highest noise level that is guided (Kynkäänniemi et al. 2024): above it guidance costs variety. */
  readonly sigmaMax: number;
  /** Of the pretrained network, if it is not the run's. */
  readonly sigmaData?: number | undefined;
}

/** The spec of the pretrained network: it has been trained under a `sigmaData` of its own. */
export const guideSpec = (spec: NetworkSpec, { sigmaData = spec.sigmaData }: Guidance): NetworkSpec => ({ ...spec, sigmaData });

/** By how much guidance moves the target of a batch; constants. */
interface Guide {
  /** The images as the pretrained network denoises them, without their classes [B, H, W, C]. */
  readonly pretrained: TF.Tensor;
  /** 1 - 1 / w, and 0 for noise levels that are not guided [B, 1, 1, 1]. */
  readonly share: TF.Tensor;
}

/** The batch with its guide by the pretrained network. */
export function withGuide(network: TensorNetwork, batch: BatchTensors, { weight, sigmaMax }: Guidance): BatchTensors {
  const { tf } = network;
  const { sigma, label, change } = batch;
  const input = { x: noisyImages(tf, batch), sigma, label: tf.zerosLike(label), change };
  const pretrained = tf.tidy(() => denoise(network, input));
  const share = tf.mul(tf.cast(tf.lessEqual(sigma, sigmaMax), "float32"), 1 - 1 / weight);
  return { ...batch, guide: { pretrained, share: tf.reshape(share, [-1, 1, 1, 1]) } };
}

/**
 * The weighted loss of each image [B, 1]: w(s) mean over pixels of (D(x + s n, s) - x)^2, w = (s^2 + sd^2) / (s sd)^2.
 * About 1 for a network that has learned nothing. A guide adds share (D - D_pretrained) to x, as a constant: with the
 * share 1 - 1 / w, the network that this does not change any more has D = D_pretrained + w (E[x] - D_pretrained).
 */
export function weightedLoss(network: TensorNetwork, batch: BatchTensors): TF.Tensor {
  const { tf, spec } = network;
  const { clean, sigma, label, change, guide } = batch;
  const denoised = denoise(network, { x: noisyImages(tf, batch), sigma, label, change });
  const moved = guide
    ? straightThrough(tf, denoised, (image) => tf.sub(image, tf.mul(guide.share, tf.sub(image, guide.pretrained))))
    : denoised;
  const error = tf.mean(tf.square(tf.sub(moved, clean)), [1, 2, 3]);
  const variance = tf.square(sigma);
  const weight = tf.div(tf.add(variance, spec.sigmaData ** 2), tf.mul(variance, spec.sigmaData ** 2));
  return tf.mul(weight, tf.reshape(error, [-1, 1]));
}

/** The training objective, a scalar: the mean over the batch of loss / exp(u(s)) + u(s) (Karras et al. 2024, eq. 21). */
export function trainingObjective(network: TensorNetwork, batch: BatchTensors): { objective: TF.Scalar; loss: TF.Scalar } {
  const { tf, spec, weights } = network;
  const loss = weightedLoss(network, batch);
  const u = logVariance(tensorOps(tf, weights), spec, batch.sigma);
  return { objective: tf.mean(tf.add(tf.div(loss, tf.exp(u)), u)), loss: tf.mean(loss) };
}
