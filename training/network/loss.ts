/**
 * Denoising score matching (Vincent 2011; Song & Ermon 2019, eq. 5) with the weighting of Karras et al. 2022 and the
 * learned log-variance of Karras et al. 2024. Also guidance distillation (Meng et al. 2023, section 3.1): the network
 * learns to denoise as its teacher does with classifier-free guidance. Guided images then cost one network evaluation a
 * step instead of two. B images of H x W pixels and C channels, P = C H W values.
 */
import type * as TF from "@tensorflow/tfjs";
import type { ModelContents } from "../../wasm-model/model/onnx/writer.ts";
import type { NetworkInput } from "../../wasm-model/network/network.ts";
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import { denoise, type Interpretation, lossLogVariance, placeWeights, type Tf, type WeightTensors } from "./score-network.ts";

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
  /** How the images were changed [B, CHANGES], if the network is told. */
  readonly change?: TF.Tensor;
  /** If there is a teacher, its denoised images [B, H, W, C]. */
  readonly taught?: TF.Tensor;
}

/** x + s n, [B, H, W, C]. */
export const noisyImages = (tf: Tf, { clean, noise, sigma }: BatchTensors): TF.Tensor =>
  tf.add(clean, tf.mul(noise, tf.reshape(sigma, [-1, 1, 1, 1])));

export function taughtBatch(tf: Tf, batch: BatchTensors, { teach }: Teacher): BatchTensors {
  const { sigma, label } = batch;
  return { ...batch, taught: tf.tidy(() => teach({ x: noisyImages(tf, batch), sigma, label })) };
}

/**
 * The weighted loss of each image [B, 1]: w(s) mean over pixels of (D(x + s n, s) - x)^2, w = (s^2 + sd^2) / (s sd)^2.
 * If there is a teacher, its image replaces x. About 1 for a network that has learned nothing.
 */
export function weightedLoss(
  tf: Tf,
  spec: NetworkSpec,
  weights: WeightTensors,
  batch: BatchTensors,
  interpretation?: Interpretation,
): TF.Tensor {
  const { clean, sigma, label, change, taught = clean } = batch;
  const denoised = denoise(tf, spec, weights, { x: noisyImages(tf, batch), sigma, label, change }, interpretation);
  const error = tf.mean(tf.square(tf.sub(denoised, taught)), [1, 2, 3]);
  const variance = tf.square(sigma);
  const weight = tf.div(tf.add(variance, spec.sigmaData ** 2), tf.mul(variance, spec.sigmaData ** 2));
  return tf.mul(weight, tf.reshape(error, [-1, 1]));
}

/**
 * The training objective, a scalar: the mean over the batch of loss / exp(u(s)) + u(s) (Karras et al. 2024, eq. 21).
 */
export function trainingObjective(
  tf: Tf,
  spec: NetworkSpec,
  weights: WeightTensors,
  batch: BatchTensors,
  interpretation?: Interpretation,
): { objective: TF.Scalar; loss: TF.Scalar } {
  const loss = weightedLoss(tf, spec, weights, batch, interpretation);
  const u = lossLogVariance(tf, spec, weights, batch.sigma);
  return { objective: tf.mean(tf.add(tf.div(loss, tf.exp(u)), u)), loss: tf.mean(loss) };
}

/** How a teacher is guided; kept in the run's configuration. */
export interface Guidance {
  /** w of D_uncond + w (D_cond - D_uncond); 1 leaves the teacher unguided. */
  readonly weight: number;
  /** Highest noise level that is guided (Kynkäänniemi et al. 2024): above it guidance costs variety. */
  readonly sigmaMax: number;
}

export interface Teacher {
  /** On the device. They do not change. */
  readonly weights: readonly TF.Variable[];
  /**
   * The target for an input, [B, H, W, C]: D + (w - 1) (D - D_uncond) where sigma <= sigmaMax; D at higher noise levels
   * and where the label is hidden.
   */
  readonly teach: (input: NetworkInput<TF.Tensor>) => TF.Tensor;
}

/** The guided model; each call evaluates it twice. */
export function guidedTeacher(tf: Tf, { card: { spec }, weights: { floats } }: ModelContents, { weight, sigmaMax }: Guidance): Teacher {
  const placed = placeWeights(tf, spec, floats);
  const weights = new Map([...placed].map(([path, values]) => [path, tf.variable(values, false)]));
  tf.dispose([...placed.values()]);
  const teach: Teacher["teach"] = ({ x, sigma, label }) =>
    tf.tidy(() => {
      const conditional = denoise(tf, spec, weights, { x, sigma, label });
      const unconditional = denoise(tf, spec, weights, { x, sigma, label: tf.zerosLike(label) });
      const share = tf.mul(tf.cast(tf.lessEqual(sigma, sigmaMax), "float32"), weight - 1);
      return tf.add(conditional, tf.mul(tf.reshape(share, [-1, 1, 1, 1]), tf.sub(conditional, unconditional)));
    });
  return { weights: [...weights.values()], teach };
}
