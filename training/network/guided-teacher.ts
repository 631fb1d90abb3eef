/**
 * Guidance distillation (Meng et al. 2023, section 3.1): a network learns to denoise as its teacher does under classifier-free guidance, so that guided images cost one
 * network evaluation a step instead of two. Batches of B images of H x W pixels and C channels.
 */
import type * as TF from "@tensorflow/tfjs";
import type { Model } from "../../wasm-model/model/onnx/writer.ts";
import type { NetworkInput } from "../../wasm-model/network/network.ts";
import { denoise, placeWeights, type Tf } from "./score-network.ts";

/** How a teacher is guided; what a run keeps of it. */
export interface Guidance {
  /** w of D_uncond + w (D_cond - D_uncond); 1 is the teacher as it is. */
  readonly weight: number;
  /** Highest noise level that is guided (Kynkäänniemi et al. 2024): above it guidance costs variety. */
  readonly sigmaMax: number;
}

/** What the student should return for an input, [B, H, W, C]: D + (w - 1) (D - D_uncond) where sigma <= sigmaMax, D elsewhere and where the label is hidden. */
export type Teach = (input: NetworkInput<TF.Tensor>) => TF.Tensor;

/** The guided model: two evaluations of it a call. Its weights stay on the device. */
export function guidedTeacher(tf: Tf, { card: { spec }, weights: { floats } }: Model, { weight, sigmaMax }: Guidance): Teach {
  const weights = placeWeights(tf, spec, floats);
  return ({ x, sigma, label }) =>
    tf.tidy(() => {
      const conditional = denoise(tf, spec, weights, { x, sigma, label });
      const unconditional = denoise(tf, spec, weights, { x, sigma, label: tf.zerosLike(label) });
      const share = tf.mul(tf.cast(tf.lessEqual(sigma, sigmaMax), "float32"), weight - 1);
      return tf.add(conditional, tf.mul(tf.reshape(share, [-1, 1, 1, 1]), tf.sub(conditional, unconditional)));
    });
}
