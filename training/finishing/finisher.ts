/**
 * The one trainer of the small networks that finish a run's images, once its score network has learned: the same steps,
 * settings and states for each.
 */
import type * as TF from "@tensorflow/tfjs";
import type * as v from "valibot";
import type { Parameter } from "../../wasm-model/network/count.ts";
import type { Ops } from "../../wasm-model/network/ops.ts";
import type { Weights } from "../../wasm-model/network/quantization.ts";
import { integer, number, object } from "../../wasm-model/schema/fields.ts";
import type { Backend } from "../backend/step.ts";
import { UserError } from "../cli/user-error.ts";
import { firstState, type TrainingState } from "../learning/checkpoint.ts";
import { DeviceWeights, type Objective } from "../learning/gradient.ts";
import { Layout, type Learned, Optimizer } from "../learning/optimizer.ts";
import { RECIPE, rateAt } from "../learning/recipe.ts";
import type { TrainingSettings } from "../learning/settings.ts";
import { expectTrained, floatsOf } from "../learning/start.ts";
import { isFilter, storedFilters, tensorShape, unitFilters } from "../network/parameters.ts";
import { placeWeights, type Tf, tensorOps } from "../network/score-network.ts";
import type { OwnNetwork } from "./own-network.ts";

/** What decides a finisher's weights. */
export const FINISHER_FIELDS = {
  /** Its pictures, and how many there are in a batch, of which the first `denoised` have noise removed by the run's network. */
  pictures: integer(1, 1e6),
  batch: integer(1, 4096),
  denoised: integer(1, 4096),
  steps: integer(1, 1e6),
  learningRate: number(1e-6, 1),
  /** The learning rate falls over this share of the steps. */
  decayShare: number(0, 1),
};
const FINISHER_SCHEMA = object(FINISHER_FIELDS);
export type FinisherSettings = v.InferOutput<typeof FINISHER_SCHEMA>;

/** A network that finishes images, with settings S, which learns from pictures P by batches B on the device. */
export interface Finisher<S, P, B> {
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly objective: (tf: Tf, ops: Ops<TF.Tensor>, batch: B, settings: S) => Objective;
  /** Pure functions of (seed, step), so that a resumed run continues the same. */
  readonly batches: (network: OwnNetwork, pictures: P, settings: S, seed: string) => (step: number) => B;
}

type Learnable = Pick<Finisher<never, never, never>, "parameters">;

/** The first state of a finisher that goes on from these weights. Throws a UserError for weights that no training has made. */
export function stateFrom({ parameters }: Learnable, weights: Weights): TrainingState {
  const floats = floatsOf(weights);
  expectTrained(floats, "enlarger or matte to start from");
  return firstState(parameters, storedFilters(parameters, floats));
}

/** The averaged weights as a model has them. */
export const learnedWeights = ({ parameters }: Learnable, { average }: TrainingState): Weights => ({
  ...{ floats: unitFilters(parameters, average), convolutions: new Map() },
});

class FinisherTrainer<S, B extends { readonly [name in keyof B]: TF.Tensor }> {
  step: number;
  private readonly parameters: ReadonlyMap<string, Parameter>;
  private readonly optimizer: Optimizer;
  private readonly weights: DeviceWeights;
  private readonly gradientOf: ReturnType<DeviceWeights["gradientOf"]>;

  constructor(
    backend: Pick<Backend, "tf" | "compile">,
    { parameters, objective }: Pick<Finisher<S, never, B>, "parameters" | "objective">,
    state: TrainingState,
    settings: S,
  ) {
    const { tf } = backend;
    const layout = new Layout(
      Array.from(parameters, ([path, parameter]) => ({ path, shape: tensorShape(parameter.shape), isFilter: isFilter(parameter) })),
    );
    this.step = state.step;
    this.parameters = parameters;
    this.optimizer = new Optimizer(layout);
    this.optimizer.goOnFrom(state, parameters);
    this.weights = new DeviceWeights(backend, layout);
    this.gradientOf = this.weights.gradientOf(
      (batch) => () => objective(tf, tensorOps(tf, this.weights.all), batch as unknown as B, settings),
    );
  }

  /** One step; the batch is disposed of. Returns the loss before it. Throws a UserError if it has diverged. */
  train(batch: B, rate: number): number {
    const { optimizer } = this;
    this.step++;
    const inputs: TF.NamedTensorMap = { ...batch };
    const { loss } = this.gradientOf(optimizer.normalize(RECIPE.filterEpsilon), inputs, optimizer.vector("gradient"));
    if (!Number.isFinite(loss))
      throw new UserError(`Learning to finish images has diverged, at step ${this.step}: try it with another seed, or other pictures`);
    optimizer.step(RECIPE, rate, this.step);
    return loss;
  }

  /** A copy of the state, in the layout of checkpoints. */
  state(): TrainingState {
    const of = (name: Learned) => this.optimizer.parameters(name, this.parameters);
    return { step: this.step, weights: of("weights"), first: of("first"), second: of("second"), average: of("average") };
  }

  dispose(): void {
    this.weights.dispose();
  }
}

/** What a finisher learns with: a run's settings and weights, its own settings, and its pictures. */
export interface FinisherRun<S, P> extends Pick<TrainingSettings, "spec" | "crop" | "seed"> {
  readonly weights: Weights["floats"];
  readonly settings: S;
  readonly pictures: P;
}

export interface FinisherStep {
  readonly step: number;
  readonly loss: number;
  readonly state: () => TrainingState;
}

/** Learns from this state to the last step, and frees what it took. */
export async function* learnToFinish<S extends FinisherSettings, P, B extends { readonly [name in keyof B]: TF.Tensor }>(
  backend: Pick<Backend, "tf" | "compile">,
  finisher: Finisher<S, P, B>,
  { settings, weights, pictures, seed, ...run }: FinisherRun<S, P>,
  first: TrainingState,
  pause: () => Promise<void>,
): AsyncGenerator<FinisherStep> {
  const { tf } = backend;
  const { steps, learningRate, decayShare } = settings;
  const placed = placeWeights(tf, run.spec, weights);
  const batchAt = finisher.batches({ ...run, tf, weights: placed }, pictures, settings, seed);
  const trainer = new FinisherTrainer(backend, finisher, first, settings);
  const falling = Math.ceil(decayShare * steps);
  try {
    while (trainer.step < steps) {
      await pause();
      const step = trainer.step + 1;
      const rate = rateAt({ learningRate, steps, recipe: RECIPE }, step, { step: steps - falling, steps: falling });
      const loss = trainer.train(batchAt(step), rate);
      yield { step, loss, state: () => trainer.state() };
    }
  } finally {
    trainer.dispose();
    tf.dispose([...placed.values()]);
  }
}
