/**
 * Learns an enlarger (wasm-model/network/enlarger.ts): that of the library, or one of a run's own pictures at four times native.
 * B pictures; H x W native pixels, C channels.
 */
import type * as TF from "@tensorflow/tfjs";
import type * as v from "valibot";
import { nativeShape } from "../../wasm-model/model/card.ts";
import { enlargerCounts, macsOf } from "../../wasm-model/network/count.ts";
import { ENLARGER_CHANNELS, enlargerNetwork } from "../../wasm-model/network/enlarger.ts";
import type { Weights } from "../../wasm-model/network/quantization.ts";
import { integer, number, object } from "../../wasm-model/schema/fields.ts";
import type { Backend } from "../backend/step.ts";
import { firstState, type TrainingState } from "../learning/checkpoint.ts";
import { DeviceWeights } from "../learning/gradient.ts";
import { Layout, type Learned, Optimizer } from "../learning/optimizer.ts";
import { RECIPE, rateAt } from "../learning/recipe.ts";
import { TRAINING_EVALUATIONS } from "../learning/reports.ts";
import type { TrainingSettings } from "../learning/settings.ts";
import { floatsOf } from "../learning/start.ts";
import { isFilter, storedFilters, tensorShape, unitFilters } from "../network/parameters.ts";
import { placeWeights, type Tf, tensorOps } from "../network/score-network.ts";
import { enlargerBatches } from "./enlarger-batches.ts";

export const ENLARGER_PARAMETERS = enlargerCounts().parameters;

const share = number(0, 1);

/** What decides an enlarger's weights. */
export const ENLARGER_SCHEMA = object({
  /** Its pictures, and how many there are in a batch, of which the first `denoised` have noise removed by the run's network. */
  pictures: integer(1, 1e6),
  batch: integer(1, 4096),
  denoised: integer(1, 4096),
  steps: integer(1, 1e6),
  learningRate: number(1e-6, 1),
  /** The learning rate falls over this share of the steps. */
  decayShare: share,
  /** Weight of the error of differences between neighbours. */
  edges: number(0, 1e3),
});
export type EnlargerSettings = v.InferOutput<typeof ENLARGER_SCHEMA>;

/** What decides a run's weights, and how it learns to finish its images. */
export interface FinishingSettings extends TrainingSettings {
  /** Absent if the library's enlarger, or that of its source, enlarges its images. */
  readonly enlarger?: EnlargerSettings | undefined;
}

const DEFAULTS = { batch: 16, denoised: 6, learningRate: 0.02, decayShare: 0.7, edges: 0.5 };

/** A style is not in fewer pictures than this. */
const FEWEST_PICTURES = 30;
/** Most steps, and those below which there is no gain; at most this share of the run's multiply-accumulates (training/LOG.md). */
const [MOST_STEPS, FEWEST_STEPS, SHARE] = [300, 40, 0.2];
/** Images of this width or height, whose pictures would have 256 pixels, are enlarged by the library. */
const TOO_LARGE = 64;

/**
 * The learning of an enlarger for a run with so many pictures of four times native; undefined if it is not worth its time.
 * `steps`: by default as many as the run can afford.
 */
export function planEnlarger(
  run: Pick<TrainingSettings, "spec" | "crop" | "images">,
  pictures: number,
  steps = affordableSteps(run),
): EnlargerSettings | undefined {
  const { height, width } = nativeShape(run);
  if (pictures < FEWEST_PICTURES || Math.max(height, width) >= TOO_LARGE || steps < FEWEST_STEPS) return undefined;
  return { pictures, steps, ...DEFAULTS };
}

function affordableSteps({ images, ...run }: Pick<TrainingSettings, "spec" | "crop" | "images">): number {
  const { height, width } = nativeShape(run);
  const cost = TRAINING_EVALUATIONS * macsOf(run.spec) * images;
  return Math.min(MOST_STEPS, Math.floor((SHARE * cost) / stepMacs(height, width, DEFAULTS.batch)));
}

/** Multiply-accumulates of a step. */
const stepMacs = (height: number, width: number, batch: number): number =>
  TRAINING_EVALUATIONS * batch * enlargerCounts(height, width).macs;

/** Multiply-accumulates of all steps. */
export function enlargerCost({ enlarger, ...run }: Pick<FinishingSettings, "spec" | "crop" | "enlarger">): number {
  const { height, width } = nativeShape(run);
  return enlarger ? enlarger.steps * stepMacs(height, width, enlarger.batch) : 0;
}

/** The first state of an enlarger that goes on from these weights. */
export const enlargerFrom = (weights: Weights): TrainingState =>
  firstState(ENLARGER_PARAMETERS, storedFilters(ENLARGER_PARAMETERS, floatsOf(weights)));

/** The averaged weights as a model has them. */
export const learnedEnlarger = ({ average }: TrainingState): Weights => ({
  ...{ floats: unitFilters(ENLARGER_PARAMETERS, average), convolutions: new Map() },
});

/** Means [B, H, W, C] that are damaged as drawn images are, and what their smooth enlargements lack [B, 4H, 4W, C], on the device. */
export interface EnlargerBatch {
  readonly x: TF.Tensor;
  readonly missing: TF.Tensor;
}

/** Mean absolute error of values, and of differences between neighbours, across and down. */
export function errors(tf: Tf, received: TF.Tensor, expected: TF.Tensor): { values: TF.Scalar; edges: TF.Scalar } {
  const error = tf.sub(received, expected);
  const [b, h, w, c] = error.shape as [number, number, number, number];
  const across = tf.sub(tf.slice(error, [0, 0, 1, 0], [b, h, w - 1, c]), tf.slice(error, [0, 0, 0, 0], [b, h, w - 1, c]));
  const down = tf.sub(tf.slice(error, [0, 1, 0, 0], [b, h - 1, w, c]), tf.slice(error, [0, 0, 0, 0], [b, h - 1, w, c]));
  return { values: tf.mean(tf.abs(error)), edges: tf.add(tf.mean(tf.abs(across)), tf.mean(tf.abs(down))) };
}

const LAYOUT = new Layout(
  Array.from(ENLARGER_PARAMETERS, ([path, parameter]) => ({ path, shape: tensorShape(parameter.shape), isFilter: isFilter(parameter) })),
);

export class EnlargerTrainer {
  step: number;
  private readonly optimizer = new Optimizer(LAYOUT);
  private readonly weights: DeviceWeights;
  private readonly gradientOf: Record<"exact" | "rounded", ReturnType<DeviceWeights["gradientOf"]>>;

  constructor(backend: Pick<Backend, "tf" | "compile">, state: TrainingState, { edges }: Pick<EnlargerSettings, "edges">) {
    const { tf } = backend;
    this.step = state.step;
    this.optimizer.goOnFrom(state, ENLARGER_PARAMETERS);
    this.weights = new DeviceWeights(backend, LAYOUT);
    const gradientOf = (fakeQuantization: boolean) =>
      this.weights.gradientOf(({ x, missing }) => () => {
        const isGrey = x.shape[3] === 1;
        const image = isGrey ? tf.concat(Array<TF.Tensor>(ENLARGER_CHANNELS).fill(x), 3) : x;
        const added = enlargerNetwork(tensorOps(tf, this.weights.all, { fakeQuantization }), image);
        const error = errors(tf, isGrey ? tf.mean(added, 3, true) : added, missing);
        return { objective: tf.add(error.values, tf.mul(error.edges, edges)), loss: error.values };
      });
    this.gradientOf = { exact: gradientOf(false), rounded: gradientOf(true) };
  }

  /** One step; the batch is disposed of. Returns the mean absolute error before it. `rounded`: as an int8 network rounds. */
  train({ x, missing }: EnlargerBatch, rate: number, kind: "exact" | "rounded" = "exact"): number {
    const { optimizer } = this;
    this.step++;
    const { loss } = this.gradientOf[kind](optimizer.normalize(RECIPE.filterEpsilon), { x, missing }, optimizer.vector("gradient"));
    optimizer.step(RECIPE, rate, this.step);
    return loss;
  }

  /** A copy of the state, in the layout of checkpoints. */
  state(): TrainingState {
    const of = (name: Learned) => this.optimizer.parameters(name, ENLARGER_PARAMETERS);
    return { step: this.step, weights: of("weights"), first: of("first"), second: of("second"), average: of("average") };
  }

  dispose(): void {
    this.weights.dispose();
  }
}

/** What an enlarger learns: a run's settings and weights, and its pictures as bytes [N, 4H, 4W, C]. */
export interface EnlargerRun extends Pick<TrainingSettings, "spec" | "crop" | "seed"> {
  readonly enlarger: EnlargerSettings;
  readonly weights: Weights["floats"];
  readonly pictures: Uint8Array;
}

/** Steps between two states that are kept. */
const REPORT = 25;

/** Learns from this state to the last step, and frees what it took. After a step with `isKept` the state is to be kept. */
export async function* learnEnlarger(
  backend: Pick<Backend, "tf" | "compile">,
  { enlarger, weights, pictures, seed, ...run }: EnlargerRun,
  first: TrainingState,
  pause: () => Promise<void>,
): AsyncGenerator<{ readonly step: number; readonly loss: number; readonly isKept: boolean; readonly state: () => TrainingState }> {
  const { tf } = backend;
  const { steps, learningRate, decayShare } = enlarger;
  const placed = placeWeights(tf, run.spec, weights);
  const batchAt = enlargerBatches({ ...run, tf, weights: placed }, pictures, enlarger, seed);
  const trainer = new EnlargerTrainer(backend, first, enlarger);
  const falling = Math.ceil(decayShare * steps);
  try {
    while (trainer.step < steps) {
      await pause();
      const step = trainer.step + 1;
      const rate = rateAt({ learningRate, steps, recipe: RECIPE }, step, { step: steps - falling, steps: falling });
      const loss = trainer.train(batchAt(step), rate);
      yield { step, loss, isKept: step % REPORT === 0 || step === steps, state: () => trainer.state() };
    }
  } finally {
    trainer.dispose();
    tf.dispose([...placed.values()]);
  }
}
