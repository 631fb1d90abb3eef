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
import { DeviceWeights, layoutOf, type Objective } from "../learning/gradient.ts";
import { type Learned, Optimizer } from "../learning/optimizer.ts";
import { RECIPE, rateAt } from "../learning/recipe.ts";
import type { TrainingSettings } from "../learning/settings.ts";
import { expectTrained, floatsOf } from "../learning/start.ts";
import { type Parameters, storedFilters, unitFilters } from "../network/parameters.ts";
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

/** Learns from this state to the last step, and frees what it took. Throws a UserError if it diverges. */
export async function* learnToFinish<S extends FinisherSettings, P, B extends { readonly [name in keyof B]: TF.Tensor }>(
  backend: Pick<Backend, "tf" | "compile">,
  { parameters, objective, batches }: Finisher<S, P, B>,
  { settings, weights, pictures, seed, ...run }: FinisherRun<S, P>,
  first: TrainingState,
  pause: () => Promise<void>,
): AsyncGenerator<FinisherStep> {
  const { tf } = backend;
  const { steps, learningRate, decayShare } = settings;
  const placed = placeWeights(tf, run.spec, weights);
  const batchAt = batches({ ...run, tf, weights: placed }, pictures, settings, seed);
  const layout = layoutOf(parameters);
  const optimizer = new Optimizer(layout);
  optimizer.goOnFrom(first, parameters);
  const learned = new DeviceWeights(backend, layout);
  const gradientOf = learned.gradientOf((batch) => () => objective(tf, tensorOps(tf, learned.all), batch as unknown as B, settings));
  const falling = Math.ceil(decayShare * steps);
  const copy = (name: Learned): Parameters => optimizer.parameters(name, parameters);
  try {
    for (let step = first.step + 1; step <= steps; step++) {
      await pause();
      const inputs: TF.NamedTensorMap = { ...batchAt(step) };
      const { loss } = gradientOf(optimizer.normalize(RECIPE.filterEpsilon), inputs, optimizer.vector("gradient"));
      if (!Number.isFinite(loss))
        throw new UserError(`Learning to finish images has diverged, at step ${step}: try it with another seed, or other pictures`);
      const rate = rateAt({ learningRate, steps, recipe: RECIPE }, step, { step: steps - falling, steps: falling });
      optimizer.step(RECIPE, rate, step);
      const state = () => ({ step, weights: copy("weights"), first: copy("first"), second: copy("second"), average: copy("average") });
      yield { step, loss, state };
    }
  } finally {
    learned.dispose();
    tf.dispose([...placed.values()]);
  }
}
