/** The sampler `langevin` over tensors: differentiable, from noise to the finished image. */
import type * as TF from "@tensorflow/tfjs";
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import type { Schedule } from "../../wasm-model/sampling/settings.ts";
import { denoise, type Interpretation, type Tf, type Weights } from "../network/score-network.ts";
import { normals } from "./random.ts";

/** D(x, sigma) for one noise level, [B, H, W, C]. */
export type DenoiseTensor = (x: TF.Tensor, sigma: number) => TF.Tensor;

/**
 * What wasm-model/sampling/langevin.ts computes: `noise[0]` is the initial noise, `noise[i + 1]` the fresh noise of the step from level i. Returns the finished images, whose
 * gradient runs back through all levels.
 */
export function drawTensors(
  tf: Tf,
  denoise: DenoiseTensor,
  { sigmas, churn, extrapolation }: Schedule,
  noise: readonly TF.Tensor[],
): TF.Tensor {
  const last = sigmas.length - 1;
  let x = tf.mul(noise[0], sigmas[0]);
  let previous: TF.Tensor | undefined;
  for (let level = 0; ; level++) {
    const denoised = denoise(x, sigmas[level]);
    const weight = extrapolation[level - 1];
    const extrapolated = previous ? tf.add(tf.mul(denoised, weight), tf.mul(previous, 1 - weight)) : denoised;
    if (level === last) return extrapolated;
    previous = denoised;
    const kept = (sigmas[level + 1] / sigmas[level]) * Math.sqrt(1 - churn[level]);
    const fresh = sigmas[level + 1] * Math.sqrt(churn[level]);
    x = tf.add(tf.add(tf.mul(extrapolated, 1 - kept), tf.mul(x, kept)), tf.mul(noise[level + 1], fresh));
  }
}

/** What a network draws of the classes in `label` [B, K], with the noise of `stream`: [B, H, W, C]. */
export function drawBatch(
  tf: Tf,
  spec: NetworkSpec,
  weights: Weights,
  schedule: Schedule,
  { label, stream }: { readonly label: TF.Tensor; readonly stream: string },
  interpretation?: Interpretation,
): TF.Tensor {
  const [batch] = label.shape as [number];
  const noise = schedule.sigmas.map((_, i) => normals(tf, `${stream}/noise/${i}`, [batch, spec.height, spec.width, spec.channels]));
  const at = (sigma: number): TF.Tensor => tf.fill([batch, 1], sigma);
  return drawTensors(tf, (x, sigma) => denoise(tf, spec, weights, { x, sigma: at(sigma), label }, interpretation), schedule, noise);
}
