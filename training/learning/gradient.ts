/** The gradient of the training objective by a network's weights, all at once or by halves of the batch. */
import type * as TF from "@tensorflow/tfjs";
import { type Parameter, parametersOf } from "../../wasm-model/network/count.ts";
import { CHANGES } from "../../wasm-model/network/network.ts";
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import type { Backend, CompiledStep } from "../backend/step.ts";
import { type BatchTensors, type Guidance, guideSpec, trainingObjective, withGuide } from "../network/loss.ts";
import { isFilter, type Parameters, tensorShape } from "../network/parameters.ts";
import { placeWeights, type Tf } from "../network/score-network.ts";
import type { TrainingBatch } from "./batches.ts";
import { Layout } from "./optimizer.ts";
import type { StepMode } from "./recipe.ts";

export interface Gradient {
  readonly objective: number;
  /** Mean weighted loss of the batch: about 1 for an untrained network. */
  readonly loss: number;
  /** By the weights, 0 where the objective does not depend on them. */
  readonly gradient: Float32Array;
}

/** Of the batch, by weights in the order of `layoutOf`, filters at unit norm. It may be written into a vector of the caller's. */
export type GradientOf = (...request: [...GradientRequest, into?: Float32Array]) => Gradient | Promise<Gradient>;

export type GradientRequest = [unit: Float32Array, batch: TrainingBatch, mode: StepMode];

/** A request to send: the weights are copied and handed over, since a view is sent with all of the memory that it shows a part of. */
export function transferable([unit, batch, mode]: GradientRequest): [request: GradientRequest, handedOver: ArrayBuffer[]] {
  const copy = unit.slice();
  return [[copy, batch, mode], [copy.buffer]];
}

/** The parameters that are learned. Constants are not. */
export function layoutOf(known: ReadonlyMap<string, Parameter>): Layout {
  const learned = [...known].filter(([, { kind }]) => kind !== "constant");
  return new Layout(learned.map(([path, one]) => ({ path, shape: tensorShape(one.shape), isFilter: isFilter(one) })));
}

/** What is minimized, and what is shown of it. */
export interface Objective {
  readonly objective: TF.Scalar;
  readonly loss: TF.Scalar;
}

/** The weights of any network on the device, and gradients by those that are learned. */
export class DeviceWeights {
  /** Learned and constant ones, by path. */
  readonly all: ReadonlyMap<string, TF.Variable>;
  private readonly backend: Pick<Backend, "tf" | "compile">;
  private readonly layout: Layout;
  private readonly learned: ReadonlyMap<string, TF.Variable>;
  private readonly runs: CompiledStep[] = [];

  constructor(backend: Pick<Backend, "tf" | "compile">, layout: Layout, constants: Parameters = new Map()) {
    const { tf } = backend;
    this.backend = backend;
    this.layout = layout;
    const variable = (values: () => TF.Tensor, isLearned: boolean): TF.Variable => tf.tidy(() => tf.variable(values(), isLearned));
    const fixed = Array.from(constants, ([path, values]) => [path, variable(() => tf.tensor(values), false)] as const);
    this.learned = new Map(layout.places.map(({ path, shape }) => [path, variable(() => tf.zeros([...shape]), true)]));
    this.all = new Map([...fixed, ...this.learned]);
  }

  /**
   * The gradient of an objective by learned weights in the order of the layout, filters at unit norm. `objectiveOf` gets the
   * inputs and returns the function that is differentiated; it may read `others` too. The inputs are disposed of.
   */
  gradientOf(
    objectiveOf: (inputs: TF.NamedTensorMap) => () => Objective,
    others: readonly TF.Variable[] = [],
  ): (unit: Float32Array, inputs: TF.NamedTensorMap, into?: Float32Array) => Gradient {
    const { layout, learned } = this;
    const { tf, compile } = this.backend;
    const variables = [...learned.values()];
    const run = compile([...this.all.values(), ...others], (inputs) => {
      const differentiated = objectiveOf(inputs);
      let loss: TF.Scalar | undefined;
      const { value, grads } = tf.variableGrads(() => {
        const result = differentiated();
        loss = tf.keep(result.loss);
        return result.objective;
      }, variables);
      return [value, loss as TF.Scalar, ...variables.map((w) => grads[w.name] ?? tf.zeros(w.shape))];
    });
    this.runs.push(run);
    return (unit, inputs, gradient = new Float32Array(layout.length)) => {
      this.at(unit);
      const [[objective], [loss], ...gradients] = run(inputs);
      tf.dispose(inputs);
      for (const [i, { start }] of layout.places.entries()) gradient.set(gradients[i], start);
      return { objective, loss, gradient };
    };
  }

  /** All weights, with these learned ones: valid until the next call or gradient. */
  at(unit: Float32Array): ReadonlyMap<string, TF.Tensor> {
    const { tf } = this.backend;
    const parts = this.layout.parts(unit);
    for (const [path, variable] of this.learned) tf.tidy(() => variable.assign(tf.tensor(parts.get(path)!, variable.shape)));
    return this.all;
  }

  dispose(): void {
    for (const run of this.runs) run.dispose();
    this.backend.tf.dispose([...this.all.values()]);
  }
}

/** The gradient of the score network's objective. Steps with guidance need the pretrained network. */
export function networkGradient(
  backend: Pick<Backend, "tf" | "compile" | "name">,
  spec: NetworkSpec,
  constants: Parameters,
  guidance: Guidance,
  pretrained?: Parameters,
): { gradientOf: GradientOf; at: DeviceWeights["at"]; dispose(): void } {
  const { tf, name } = backend;
  const weights = new DeviceWeights(backend, layoutOf(parametersOf(spec)), constants);
  const fixed = pretrained && keepOnDevice(tf, spec, pretrained);
  const guide = { tf, spec: guideSpec(spec, guidance), weights: fixed! };
  const step = ({ fakeQuantization, isGuided }: StepMode) =>
    weights.gradientOf(
      (inputs) => {
        const images = inputs as unknown as BatchTensors;
        const network = { tf, spec, weights: weights.all, fakeQuantization, byHalves: name === "native" };
        const batch = isGuided ? withGuide({ ...guide, byHalves: network.byHalves }, images, guidance) : images;
        return () => trainingObjective(network, batch);
      },
      isGuided ? [...(fixed?.values() ?? [])] : [],
    );
  const steps = [false, true].map((isGuided) => [false, true].map((fakeQuantization) => step({ fakeQuantization, isGuided })));
  return {
    gradientOf: (unit, batch, { fakeQuantization, isGuided }, into) =>
      steps[Number(isGuided)][Number(fakeQuantization)](unit, toDevice(tf, spec, batch) as unknown as TF.NamedTensorMap, into),
    at: (unit) => weights.at(unit),
    dispose() {
      weights.dispose();
      tf.dispose([...(fixed?.values() ?? [])]);
    },
  };
}

const keepOnDevice = (tf: Tf, spec: NetworkSpec, parameters: Parameters): ReadonlyMap<string, TF.Variable> =>
  new Map(tf.tidy(() => Array.from(placeWeights(tf, spec, parameters), ([path, values]) => [path, tf.variable(values, false)] as const)));

/** A batch on the device. */
export function toDevice(tf: Tf, spec: NetworkSpec, { clean, noise, sigma, label, change }: TrainingBatch): BatchTensors {
  const images = [sigma.length, spec.height, spec.width, spec.channels] as [number, number, number, number];
  return {
    clean: tf.tensor(clean, images),
    noise: tf.tensor(noise, images),
    sigma: tf.tensor(sigma, [sigma.length, 1]),
    label: tf.tensor(label, [sigma.length, spec.classes]),
    ...(change && { change: tf.tensor(change, [sigma.length, CHANGES]) }),
  };
}

/**
 * The mean of the gradients of the batch's halves, always summed in this order: the same bits whether both are computed
 * by `thisThread`, one after the other, or at the same time, the first one by `otherThread`.
 */
export const byHalves =
  (thisThread: GradientOf, otherThread: GradientOf = thisThread): GradientOf =>
  async (unit, batch, mode, into) => {
    const count = batch.sigma.length;
    const middle = Math.ceil(count / 2);
    if (middle === count) return thisThread(unit, batch, mode, into);
    const first = otherThread(unit, sliceBatch(batch, 0, middle), mode);
    const second = thisThread(unit, sliceBatch(batch, middle, count), mode, into);
    const [a, b] = [await first, await second];
    const share = middle / count;
    const mean = (x: number, y: number): number => share * x + (1 - share) * y;
    const [{ gradient: other }, { gradient }] = [a, b];
    for (let i = 0; i < gradient.length; i++) gradient[i] = share * other[i] + (1 - share) * gradient[i];
    return { objective: mean(a.objective, b.objective), loss: mean(a.loss, b.loss), gradient };
  };

/** Images `from` to before `to` of a batch. */
function sliceBatch(batch: TrainingBatch, from: number, to: number): TrainingBatch {
  const slices = Object.entries<Float32Array>({ ...batch }).map(([name, values]) => {
    const each = values.length / batch.sigma.length;
    return [name, values.slice(each * from, each * to)];
  });
  return Object.fromEntries(slices);
}
