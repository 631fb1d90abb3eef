/** Learns to enlarge: the loss, its gradient, and the int8 network that comes out. */
import type * as TF from "@tensorflow/tfjs";
import type { Backend } from "../../training/backend/step.ts";
import { DeviceWeights } from "../../training/learning/gradient.ts";
import { Layout, Optimizer } from "../../training/learning/optimizer.ts";
import { RECIPE } from "../../training/learning/recipe.ts";
import { fromTensorLayout, isFilter, type Parameters, tensorShape, unitFilters } from "../../training/network/parameters.ts";
import { placeParameters, type Tf, tensorOps } from "../../training/network/score-network.ts";
import { widened } from "../../training/quantize/calibrate.ts";
import { PatchMoments } from "../../training/quantize/moments.ts";
import { quantizePaths, type Range } from "../../training/quantize/quantize.ts";
import { enlargerCounts } from "../../wasm-model/network/count.ts";
import { enlargerNetwork } from "../../wasm-model/network/enlarger.ts";
import type { Weights } from "../../wasm-model/network/quantization.ts";
import { gaussians, seedState } from "../../wasm-model/sampling/random.ts";
import { BATCH, LARGE, SMALL } from "./enlarger-pictures.ts";

/** Weight of the error of differences between neighbours. */
const EDGES = 1;
/** Patches of each map, for the moments of an int8 network. */
const PATCHES = 8;

const COUNTS = enlargerCounts(SMALL, SMALL);

/** Mean absolute error of values, and of differences between neighbours, across and down. */
export function errors(tf: Tf, received: TF.Tensor, expected: TF.Tensor): { values: TF.Scalar; edges: TF.Scalar } {
  const error = tf.sub(received, expected);
  const [b, h, w, c] = error.shape as [number, number, number, number];
  const across = tf.sub(tf.slice(error, [0, 0, 1, 0], [b, h, w - 1, c]), tf.slice(error, [0, 0, 0, 0], [b, h, w - 1, c]));
  const down = tf.sub(tf.slice(error, [0, 1, 0, 0], [b, h - 1, w, c]), tf.slice(error, [0, 0, 0, 0], [b, h - 1, w, c]));
  return { values: tf.mean(tf.abs(error)), edges: tf.add(tf.mean(tf.abs(across)), tf.mean(tf.abs(down))) };
}

/** One batch: damaged means, their Catmull-Rom enlargements, and the pictures. */
export interface EnlargerBatch {
  readonly x: Float32Array;
  readonly smooth: Float32Array;
  readonly large: Float32Array;
}

export class Learner {
  step = 0;
  readonly #tf: Tf;
  readonly #layout = new Layout(
    Array.from(COUNTS.parameters, ([path, parameter]) => ({
      path,
      shape: tensorShape(parameter.shape),
      isFilter: isFilter(parameter),
    })),
  );
  readonly #optimizer = new Optimizer(this.#layout);
  readonly #gradients: Record<"exact" | "rounded", ReturnType<DeviceWeights["gradientOf"]>>;

  constructor(backend: Backend) {
    const { tf } = backend;
    this.#tf = tf;
    for (const name of ["weights", "average"] as const) {
      for (const [path, values] of this.#layout.parts(this.#optimizer.vector(name)))
        if (path !== "out.gain") gaussians(seedState(`enlarger/init/${path}`), 0, values);
    }
    const weights = new DeviceWeights(backend, this.#layout);
    const gradientOf = (fakeQuantization: boolean) =>
      weights.gradientOf(({ x, smooth, large }) => () => {
        const received = tf.add(smooth!, enlargerNetwork(tensorOps(tf, weights.all, { fakeQuantization }), x!));
        const { values, edges } = errors(tf, received, large!);
        return { objective: tf.add(values, tf.mul(edges, EDGES)), loss: values };
      });
    this.#gradients = { exact: gradientOf(false), rounded: gradientOf(true) };
  }

  /** One step. Returns the mean absolute error before it. */
  learn({ x, smooth, large }: EnlargerBatch, rate: number, kind: "exact" | "rounded"): number {
    const tf = this.#tf;
    this.step++;
    this.#optimizer.normalize(RECIPE.filterEpsilon);
    const { loss, gradient } = this.#gradients[kind](this.#optimizer.vector("unit"), {
      x: tf.tensor(x, [BATCH, SMALL, SMALL, 3]),
      smooth: tf.tensor(smooth, [BATCH, LARGE, LARGE, 3]),
      large: tf.tensor(large, [BATCH, LARGE, LARGE, 3]),
    });
    this.#optimizer.vector("gradient").set(gradient);
    this.#optimizer.step(RECIPE, rate, this.step);
    return loss;
  }

  /** The averaged weights as a model has them, filters at unit norm. */
  average(): Parameters {
    const parts = this.#layout.parts(this.#optimizer.vector("average"));
    const averaged = Array.from(parts, ([path, values]) => [path, fromTensorLayout(values, COUNTS.parameters.get(path)!.shape)] as const);
    return unitFilters(COUNTS.parameters, new Map(averaged));
  }
}

/** The int8 network, by ranges and moments of what its convolutions read on these batches [B, 32, 32, 3]. */
export function quantized(tf: Tf, floats: Parameters, batches: Iterable<Float32Array>): Weights {
  const weights = placeParameters(tf, COUNTS.parameters, floats);
  const ranges = new Map<string, Range>();
  const moments = new PatchMoments("enlarger/patches", { height: SMALL, width: SMALL }, COUNTS.parameters, COUNTS.quantized);
  const ops = tensorOps(tf, weights);
  const observing = {
    ...ops,
    quantize(map: TF.Tensor, path: string, bound?: number): TF.Tensor {
      const read = ops.quantize(map, path, bound);
      const values = tf.transpose(read, [0, 3, 1, 2]).dataSync() as Float32Array;
      ranges.set(path, widened(ranges.get(path), values));
      for (let k = 0; k < PATCHES; k++) moments.add(path, values, BATCH);
      return read;
    },
  };
  for (const x of batches) {
    tf.tidy(() => {
      enlargerNetwork(observing, tf.tensor(x, [BATCH, SMALL, SMALL, 3]));
    });
  }
  tf.dispose([...weights.values()]);
  const reads = new Map([...ranges].map(([path, range]) => [path, { range, moments: moments.of(path) }]));
  return quantizePaths(COUNTS, { floats, convolutions: new Map() }, reads);
}
