/**
 * The score network in tfjs. Maps are tensors [B, H, W, C], vectors [B, D]. Parameters are tensors in tfjs' layout:
 * convolutions [k, k, inputs, outputs] and linear maps [inputs, outputs], both with filters of unit norm, gains [], constants
 * [features]. parameters.ts converts from and to the layout of checkpoint and ONNX.
 */
import type * as TF from "@tensorflow/tfjs";
import { type Parameter, parametersOf } from "../../wasm-model/network/count.ts";
import { type NetworkInput, scoreNetwork } from "../../wasm-model/network/network.ts";
import type { Ops } from "../../wasm-model/network/ops.ts";
import { MAX_WEIGHT } from "../../wasm-model/network/quantization.ts";
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import { mapOps, straightThrough, TINY } from "./maps.ts";
import { tensorShape, toTensorLayout, unitFilters } from "./parameters.ts";

export type Tf = typeof TF;
export type WeightTensors = ReadonlyMap<string, TF.Tensor>;

export interface Interpretation {
  /** Rounds filters and inputs of every quantized convolution as an int8 model does. */
  readonly fakeQuantization?: boolean;
}

/** Ops over tfjs tensors; differentiable, so the same code trains and evaluates. */
export function tensorOps(tf: Tf, weights: WeightTensors, { fakeQuantization = false }: Interpretation = {}): Ops<TF.Tensor> {
  const maps = mapOps(tf);
  const quantized = new Set<string>();
  const parameter = (path: string): TF.Tensor => {
    const value = weights.get(path);
    if (value === undefined) throw new Error(`Expected a tensor for the parameter \`${path}\` but received none`);
    return value;
  };

  return {
    affine: (v, a, b) => tf.add(tf.mul(v, a), b),
    product: (u, v) => tf.mul(u, v),
    reciprocalSqrt: (v) => tf.rsqrt(v),
    log: (v) => tf.log(v),
    fourier: (v, path) => {
      const turns = tf.add(tf.mul(v, parameter(`${path}.frequencies`)), parameter(`${path}.phases`));
      return tf.mul(tf.cos(tf.mul(turns, 2 * Math.PI)), Math.SQRT2);
    },
    linear: (v, path) => tf.matMul(v as TF.Tensor2D, parameter(path) as TF.Tensor2D),

    silu: maps.silu,
    mpSum: maps.mpSum,
    gain: (x, path) => tf.mul(x, parameter(path)),

    modulate: maps.modulate,
    add: (a, b) => tf.add(a, b),
    spaceToDepth: (x) => {
      const [b, h, w, c] = x.shape as [number, number, number, number];
      return tf.reshape(tf.transpose(tf.reshape(x, [b, h / 2, 2, w / 2, 2, c]), [0, 1, 3, 2, 4, 5]), [b, h / 2, w / 2, 4 * c]);
    },
    depthToSpace: (x) => {
      const [b, h, w, c] = x.shape as [number, number, number, number];
      return tf.reshape(tf.transpose(tf.reshape(x, [b, h, w, 2, 2, c / 4]), [0, 1, 3, 2, 4, 5]), [b, 2 * h, 2 * w, c / 4]);
    },
    appendOne: (x) => {
      const pads = [0, 0, 0, 1].map((after): [number, number] => [0, after]);
      return tf.pad(x, pads, 1);
    },
    downsample: maps.downsample,
    upsample: maps.upsample,
    quantize: (x, path, bound) => {
      const bounded = bound === undefined ? x : maps.clip(x, bound);
      if (!fakeQuantization) return bounded;
      quantized.add(path);
      return straightThrough(tf, bounded, maps.throughCodes);
    },
    conv: (x, path) => {
      const filters = parameter(path);
      const used = quantized.has(path) ? straightThrough(tf, filters, (w) => throughWeights(tf, w)) : filters;
      return tf.conv2d(x as TF.Tensor4D, used as TF.Tensor4D, 1, "same");
    },
  };
}

/** Filters over the last axis after rounding to integers of at most MAX_WEIGHT, with a scale for each filter. */
function throughWeights(tf: Tf, filters: TF.Tensor): TF.Tensor {
  const scale = tf.maximum(tf.div(tf.max(tf.abs(filters), [0, 1, 2], true), MAX_WEIGHT), TINY);
  return tf.mul(tf.round(tf.div(filters, scale)), scale);
}

/** Parameters as in checkpoint and ONNX, placed on the device with filters at unit norm; the caller disposes of them. */
export const placeWeights = (tf: Tf, spec: NetworkSpec, parameters: ReadonlyMap<string, Float32Array>): Map<string, TF.Tensor> =>
  placeParameters(tf, parametersOf(spec), parameters);

/** `placeWeights` for any network, by its parameters. */
export function placeParameters(tf: Tf, known: ReadonlyMap<string, Parameter>, parameters: ReadonlyMap<string, Float32Array>) {
  const tensors = new Map<string, TF.Tensor>();
  for (const [path, values] of unitFilters(known, parameters)) {
    const { shape } = known.get(path)!;
    tensors.set(path, tf.tensor(toTensorLayout(values, shape), tensorShape(shape)));
  }
  return tensors;
}

/** A network on the device. */
export interface TensorNetwork extends Interpretation {
  readonly tf: Tf;
  readonly spec: NetworkSpec;
  readonly weights: WeightTensors;
  /** Whether each half of a batch has operations of its own, which a library that runs independent ones at the same time can share out. */
  readonly byHalves?: boolean;
}

/** D(x, sigma): x [B, H, W, C], sigma [B, 1], label [B, K], in training change [B, CHANGES] -> [B, H, W, C]. */
export function denoise({ byHalves = false, ...network }: TensorNetwork, input: NetworkInput<TF.Tensor>): TF.Tensor {
  const { tf, spec, weights, ...interpretation } = network;
  const count = input.x.shape[0];
  if (!byHalves || count === 1) return scoreNetwork(tensorOps(tf, weights, interpretation), spec, input);
  const middle = Math.ceil(count / 2);
  const part = (from: number, size: number): NetworkInput<TF.Tensor> => {
    const of = <T extends TF.Tensor | undefined>(tensor: T): T => tensor && (tf.slice(tensor, from, size) as T);
    return { x: of(input.x), sigma: of(input.sigma), label: of(input.label), change: of(input.change) };
  };
  return tf.concat([denoise(network, part(0, middle)), denoise(network, part(middle, count - middle))]);
}

/** The network as samplers call it, planar: D(x, sigma) of x [B, C, H, W], labels [B, K]. */
export function tensorDenoiser(tf: Tf, spec: NetworkSpec, weights: WeightTensors, ops = tensorOps(tf, weights)) {
  const { channels, height, width, classes } = spec;
  return (x: Float32Array, sigma: number, labels: Float32Array): Float32Array => {
    const batch = labels.length / classes;
    const planar = tf.tidy(() => {
      const maps = tf.transpose(tf.tensor(x, [batch, channels, height, width]), [0, 2, 3, 1]);
      const input = { x: maps, sigma: tf.fill([batch, 1], sigma), label: tf.tensor(labels, [batch, classes]) };
      return tf.transpose(scoreNetwork(ops, spec, input), [0, 3, 1, 2]);
    });
    const values = planar.dataSync() as Float32Array;
    planar.dispose();
    return values;
  };
}
