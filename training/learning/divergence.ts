/** Finds the layer where a network has diverged. */
import type * as TF from "@tensorflow/tfjs";
import { logVariance, type NetworkInput, scoreNetwork } from "../../wasm-model/network/network.ts";
import type { Ops } from "../../wasm-model/network/ops.ts";
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import { type Tf, tensorOps, type WeightTensors } from "../network/score-network.ts";

/** Replaces the root mean square of labels that are all hidden, which is 0. */
const TINY = 1e-20;

/**
 * The path of the layer to blame, found in one evaluation. It is the last layer with parameters that are not finite,
 * since gradients flow backwards; else the first whose output is not finite; else the one with the largest ratio of the
 * root mean squares of output and input. In a healthy network each ratio is near 1 or below.
 */
export function divergedLayer(tf: Tf, spec: NetworkSpec, weights: WeightTensors, input: NetworkInput<TF.Tensor>): string {
  const layers: { path: string; parametersFinite: boolean; growth: number }[] = [];
  const rms = (v: TF.Tensor): number => tf.sqrt(tf.mean(tf.square(v))).dataSync()[0];
  const record = (path: string, before: TF.Tensor, after: TF.Tensor): TF.Tensor => {
    layers.push({
      path,
      parametersFinite: Number.isFinite(rms(weights.get(path) as TF.Tensor)),
      growth: rms(after) / Math.max(rms(before), TINY),
    });
    return after;
  };
  tf.tidy(() => {
    const ops = tensorOps(tf, weights);
    const recorded: Ops<TF.Tensor> = {
      ...ops,
      linear: (v, path, ...shape) => record(path, v, ops.linear(v, path, ...shape)),
      gain: (x, path) => record(path, x, ops.gain(x, path)),
      conv: (x, path, shape) => record(path, x, ops.conv(x, path, shape)),
    };
    const denoised = scoreNetwork(recorded, spec, input);
    logVariance(recorded, spec, input.sigma);
    return denoised;
  });
  const largest = layers.reduce((most, layer) => (layer.growth > most.growth ? layer : most));
  const { path } =
    layers.findLast(({ parametersFinite }) => !parametersFinite) ?? layers.find(({ growth }) => !Number.isFinite(growth)) ?? largest;
  return path;
}
