/** Learns to enlarge: the loss, its gradient, and the int8 network that comes out. */
import type * as TF from "@tensorflow/tfjs";
import type { Backend, Run } from "../../training/backend/step.ts";
import { Layout, Optimizer } from "../../training/learning/optimizer.ts";
import { RECIPE } from "../../training/learning/recipe.ts";
import { fromTensorLayout, isFilter, type Parameters, tensorShape, toTensorLayout } from "../../training/network/parameters.ts";
import { type Tf, tensorOps, type WeightTensors } from "../../training/network/score-network.ts";
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
  readonly #variables: ReadonlyMap<string, TF.Variable>;
  readonly #runs: Record<"exact" | "rounded", Run>;

  constructor({ tf, compile }: Backend) {
    this.#tf = tf;
    for (const name of ["weights", "average"] as const) {
      for (const [path, values] of this.#layout.parts(this.#optimizer.vector(name)))
        if (path !== "out.gain") gaussians(seedState(`enlarger/init/${path}`), 0, values);
    }
    this.#variables = new Map(this.#layout.places.map(({ path, shape }) => [path, tf.variable(tf.zeros([...shape]))]));
    const variables = [...this.#variables.values()];
    const runOf = (fakeQuantization: boolean): Run =>
      compile(variables, ({ x, smooth, large }) => {
        let shown: TF.Scalar | undefined;
        const { value, grads } = tf.variableGrads(() => {
          const received = tf.add(smooth, enlargerNetwork(tensorOps(tf, this.#variables, { fakeQuantization }), x));
          const { values, edges } = errors(tf, received, large);
          shown = tf.keep(values);
          return tf.add(values, tf.mul(edges, EDGES));
        }, variables);
        return [value, shown as TF.Scalar, ...variables.map(({ name }) => grads[name])];
      });
    this.#runs = { exact: runOf(false), rounded: runOf(true) };
  }

  /** One step. Returns the mean absolute error before it. */
  learn({ x, smooth, large }: EnlargerBatch, rate: number, kind: "exact" | "rounded"): number {
    const tf = this.#tf;
    this.step++;
    this.#optimizer.normalize(RECIPE.filterEpsilon);
    const unit = this.#layout.parts(this.#optimizer.vector("unit"));
    for (const [path, variable] of this.#variables) tf.tidy(() => variable.assign(tf.tensor(unit.get(path)!, variable.shape)));
    const inputs = {
      x: tf.tensor(x, [BATCH, SMALL, SMALL, 3]),
      smooth: tf.tensor(smooth, [BATCH, LARGE, LARGE, 3]),
      large: tf.tensor(large, [BATCH, LARGE, LARGE, 3]),
    };
    const [, [loss], ...gradients] = this.#runs[kind](inputs);
    tf.dispose(inputs);
    const gradient = this.#optimizer.vector("gradient");
    for (const [i, { start }] of this.#layout.places.entries()) gradient.set(gradients[i], start);
    this.#optimizer.step(RECIPE, rate, this.step);
    return loss;
  }

  /** The averaged weights as a model has them, filters at unit norm. */
  average(): Parameters {
    return new Map(
      Array.from(this.#layout.parts(this.#optimizer.vector("average")), ([path, values]) => {
        const { shape } = COUNTS.parameters.get(path)!;
        const own = fromTensorLayout(values.slice(), shape);
        const fanIn = own.length / (shape[0] ?? 1);
        for (let start = 0; shape.length > 0 && start < own.length; start += fanIn) {
          const filter = own.subarray(start, start + fanIn);
          const norm = Math.sqrt(filter.reduce((sum, w) => sum + w * w, 0));
          for (let i = 0; i < fanIn; i++) filter[i] /= norm;
        }
        return [path, own];
      }),
    );
  }
}

/** On the device; the caller disposes of them. */
export const placed = (tf: Tf, parameters: Parameters): WeightTensors =>
  new Map(
    Array.from(parameters, ([path, values]) => {
      const { shape } = COUNTS.parameters.get(path)!;
      return [path, tf.tensor(toTensorLayout(values, shape), tensorShape(shape))];
    }),
  );

/** The int8 network, by ranges and moments of what its convolutions read on these batches [B, 32, 32, 3]. */
export function quantized(tf: Tf, floats: Parameters, batches: Iterable<Float32Array>): Weights {
  const weights = placed(tf, floats);
  const ranges = new Map<string, Range>();
  const size = { height: SMALL, width: SMALL };
  const moments = new Map(COUNTS.quantized.map((path) => [path, new PatchMoments(size, COUNTS.parameters.get(path)!)]));
  const places = seedState("enlarger/patches");
  const ops = tensorOps(tf, weights);
  let call = 0;
  const observing = {
    ...ops,
    quantize(map: TF.Tensor, path: string, bound?: number): TF.Tensor {
      const read = ops.quantize(map, path, bound);
      const values = tf.transpose(read, [0, 3, 1, 2]).dataSync() as Float32Array;
      ranges.set(path, widened(ranges.get(path), values));
      for (let k = 0; k < PATCHES; k++) moments.get(path)!.add(values, BATCH, places, call++);
      return read;
    },
  };
  for (const x of batches) {
    tf.tidy(() => {
      enlargerNetwork(observing, tf.tensor(x, [BATCH, SMALL, SMALL, 3]));
    });
  }
  tf.dispose([...weights.values()]);
  const reads = new Map([...ranges].map(([path, range]) => [path, { range, moments: moments.get(path)!.sum }]));
  return quantizePaths(COUNTS, { floats, convolutions: new Map() }, reads);
}

function widened([low, high]: Range = [0, 0], values: Float32Array): Range {
  let [min, max] = [low, high];
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return [min, max];
}
