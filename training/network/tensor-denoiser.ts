/** The score network on TensorFlow.js, behind the interface that samplers call: planar float32 arrays in and out. */
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import { denoise, type Tf, type Weights } from "./score-network.ts";

/** D(x, sigma) of B images: x [B, C, H, W] in one array, labels [B, K]; the result has the shape of x. */
export function tensorDenoiser(
  tf: Tf,
  spec: NetworkSpec,
  weights: Weights,
): (x: Float32Array, sigma: number, labels: Float32Array) => Float32Array {
  return (x, sigma, labels) => {
    const batch = labels.length / spec.classes;
    const planar = tf.tidy(() => {
      const maps = tf.transpose(tf.tensor(x, [batch, spec.channels, spec.height, spec.width]), [0, 2, 3, 1]);
      const denoised = denoise(tf, spec, weights, {
        x: maps,
        sigma: tf.fill([batch, 1], sigma),
        label: tf.tensor(labels, [batch, spec.classes]),
      });
      return tf.transpose(denoised, [0, 3, 1, 2]);
    });
    const values = planar.dataSync() as Float32Array;
    planar.dispose();
    return values;
  };
}
