/**
 * Calibrates a network: records ranges and moments of its maps on its own samplers' trajectories, so no data set is
 * needed. The full range is used: clipping outliers, which carry information, costs more than coarser codes.
 */

import { simd } from "../../wasm-model/engine/simd.ts";
import type { ModelCard } from "../../wasm-model/model/card.ts";
import type { Denoiser } from "../../wasm-model/model/model.ts";
import { type ModelContents, writeModel } from "../../wasm-model/model/onnx/writer.ts";
import { parametersOf, quantizedPathsOf } from "../../wasm-model/network/count.ts";
import { SILU_NORM } from "../../wasm-model/network/ops.ts";
import { recordNetwork } from "../../wasm-model/network/recorder.ts";
import { ACTIVATION_BOUND, type Size } from "../../wasm-model/network/spec.ts";
import { evaluations, withRequestedGrid } from "../../wasm-model/sampling/index.ts";
import { MAX_EVALUATIONS, type SamplingSettings } from "../../wasm-model/sampling/settings.ts";
import { draw, shownClasses } from "../network/draw.ts";
import { type Tf, tensorDenoiser, tensorOps, type WeightTensors } from "../network/score-network.ts";
import { PatchMoments } from "./moments.ts";
import { type ConvolutionInput, type Quantized, quantizeWeights, type Range } from "./quantize.ts";

/**
 * Operations of a network, and what its quantized convolutions have read: ranges, and moments by `patches` patches of each map.
 * `name`: of the random places of these. `size`: that of the network's image.
 */
export function inputRecorder(tf: Tf, weights: WeightTensors, name: string, size: Size, network: Quantized, patches = 1) {
  const ranges = new Map<string, Range>();
  const moments = new PatchMoments(`${name}/patches`, size, network.parameters, network.quantized);
  const ops = tensorOps(tf, weights);
  const quantize: typeof ops.quantize = (map, path, bound) => {
    const read = ops.quantize(map, path, bound);
    const values = tf.transpose(read, [0, 3, 1, 2]).dataSync() as Float32Array;
    ranges.set(path, widenRange(ranges.get(path), values));
    for (let k = 0; k < patches; k++) moments.add(path, values, read.shape[0]);
    return read;
  };
  return {
    ops: { ...ops, quantize },
    reads: (): ReadonlyMap<string, ConvolutionInput> =>
      new Map(Array.from(ranges, ([path, range]) => [path, { range, moments: moments.momentsOf(path) }])),
  };
}

/** Images of all classes on each trajectory, at least one of each: eight times as many are no better (training/LOG.md). */
const IMAGES = 8;

export interface Calibration {
  /** Images of each class (at most MOST_CLASSES), and as many unconditional ones, per trajectory. */
  readonly imagesPerClass?: number | undefined;
  /** Called after every batch of images. */
  readonly onProgress?: (images: number, total: number) => void | Promise<void>;
}

/** What an fp32 model's quantized convolutions read while it draws images, by path. */
export async function calibrate(
  tf: Tf,
  card: ModelCard,
  weights: WeightTensors,
  { imagesPerClass = Math.max(1, Math.floor(IMAGES / card.labels.length)), onProgress }: Calibration = {},
): Promise<ReadonlyMap<string, ConvolutionInput>> {
  const { spec } = card;
  const network = { parameters: parametersOf(spec), quantized: quantizedPathsOf(spec) };
  const { ops, reads } = inputRecorder(tf, weights, "calibration", spec, network);
  const denoiser = { denoise: tensorDenoiser(tf, spec, weights, ops) };
  const classes = [...shownClasses(card.labels.length), undefined];
  const trajectories = trajectoriesOf(card.sampling);
  const total = trajectories.length * imagesPerClass * classes.length;
  let images = 0;
  for (const [t, sampling] of trajectories.entries()) {
    for (let i = 0; i < imagesPerClass; i++) {
      await draw({ card: { ...card, sampling }, denoiser }, { classes, seed: `calibration/${t}/${i}` });
      images += classes.length;
      await onProgress?.(images, total);
    }
  }
  return reads();
}

/**
 * The model's default sampler at few and at many noise levels, and the probability flow at as many, which stays closest to
 * the data. Together they cover all noise levels from sigmaMax to sigmaMin.
 */
export function trajectoriesOf(sampling: SamplingSettings): SamplingSettings[] {
  const { start: _, ...fromNoise } = withRequestedGrid(sampling, { churn: 0, extrapolation: 1 });
  return [sampling, atManyLevels(sampling), atManyLevels({ ...fromNoise, sampler: "langevin" })];
}

/** Three times as many noise levels, or the most that one image may cost. */
function atManyLevels(sampling: SamplingSettings): SamplingSettings {
  let steps = 3 * sampling.steps;
  while (evaluations(sampling.sampler, steps, sampling) > MAX_EVALUATIONS) steps--;
  return { ...sampling, steps };
}

/** The range, by default 0 alone, with these values in it. */
function widenRange([low, high]: Range = [0, 0], values: ArrayLike<number>): Range {
  let [min, max] = [low, high];
  for (let i = 0; i < values.length; i++) {
    if (values[i] < min) min = values[i];
    if (values[i] > max) max = values[i];
  }
  return [min, max];
}

/** The least value of silu, as the network scales it. */
const LEAST_SILU = -0.278464542761074 / SILU_NORM;

/** The network of a rough int8 model in the engine that draws every image. The caller disposes of it. */
export function roughDenoiser(fp32: ModelContents): Promise<Denoiser> {
  const rough = quantizeRoughly(fp32);
  return simd.load({ ...rough, bytes: writeModel(rough) });
}

/** An int8 model made without drawing: ranges by its bound, which most maps reach (training/LOG.md), and weights rounded to the nearest. */
export function quantizeRoughly({ card, weights }: ModelContents): ModelContents {
  const { bound = ACTIVATION_BOUND } = card.spec;
  const ranges = recordNetwork(card.spec).nodes.flatMap((node): [string, ConvolutionInput][] =>
    node.op === "quantize" ? [[node.path, { range: [node.inputs[0].op === "silu" ? LEAST_SILU : -bound, bound] }]] : [],
  );
  return { card, weights: quantizeWeights(card.spec, weights, new Map(ranges)) };
}
