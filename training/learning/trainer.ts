/** Training by denoising. */
import type * as TF from "@tensorflow/tfjs";
import { type Parameter, parametersOf } from "../../wasm-model/network/count.ts";
import { CHANGES } from "../../wasm-model/network/network.ts";
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import type { Backend, RunStep } from "../backend/step.ts";
import { type BatchTensors, noisyImages, type Teacher, taughtBatch, trainingObjective } from "../network/loss.ts";
import { fromTensorLayout, isFilter, type Parameters, toTensorLayout } from "../network/parameters.ts";
import type { Tf } from "../network/score-network.ts";
import type { TrainingBatch } from "./batches.ts";
import type { TrainingState } from "./checkpoint.ts";
import { divergedLayer } from "./divergence.ts";
import { type AdamFactors, adamStep, moveAverage, stepInputs, toUnitRms, type Variables } from "./optimizer.ts";
import type { TrainingRecipe } from "./recipe.ts";

type Trains = Pick<Backend, "tf" | "compile">;

export class Trainer {
  step: number;
  private readonly tf: Tf;
  private readonly spec: NetworkSpec;
  private readonly recipe: TrainingRecipe;
  private readonly parameters: ReadonlyMap<string, Parameter>;
  private readonly groups: Record<"weights" | "first" | "second" | "average", Variables>;
  private readonly trainable: Variables;
  private readonly teacher: Teacher | undefined;
  private readonly exactStep: RunStep;
  private readonly roundedStep: RunStep;

  /** If there is a `teacher`, the network learns its images instead of the clean ones. */
  constructor(backend: Trains, spec: NetworkSpec, recipe: TrainingRecipe, state: TrainingState, teacher?: Teacher) {
    this.tf = backend.tf;
    this.spec = spec;
    this.recipe = recipe;
    this.parameters = parametersOf(spec);
    this.step = state.step;
    const place = (parameters: Parameters): Variables =>
      new Map([...parameters].map(([path, values]) => [path, this.variable(path, values)]));
    this.groups = { weights: place(state.weights), first: place(state.first), second: place(state.second), average: place(state.average) };
    this.trainable = new Map([...this.groups.weights].filter(([path]) => this.groups.first.has(path)));
    this.teacher = teacher;
    this.exactStep = this.stepOf(backend, false);
    this.roundedStep = this.stepOf(backend, true);
  }

  /** Averaged weights on the device, for evaluation and sampling. */
  get average(): ReadonlyMap<string, TF.Variable> {
    return this.groups.average;
  }

  /**
   * One step on one batch, which also updates the average; `fakeQuantization` as in `Interpretation`. Returns the mean
   * weighted loss (about 1 for an untrained network) before the update.
   */
  train(batch: TrainingBatch, learningRate: number, fakeQuantization = false): number {
    const { tf, recipe } = this;
    this.step += 1;
    const inputs = { ...this.place(batch), ...stepInputs(tf, recipe, learningRate, this.step) };
    const [, loss] = (fakeQuantization ? this.roundedStep : this.exactStep)(inputs) as [number, number];
    tf.dispose(inputs);
    return loss;
  }

  private stepOf({ tf, compile }: Trains, fakeQuantization: boolean): RunStep {
    const { spec, groups, variables, teacher } = this;
    return compile([...variables, ...(teacher?.weights ?? [])], ({ rate, correction, share, ...inputs }) => {
      const placed = inputs as unknown as BatchTensors;
      const batch = teacher ? taughtBatch(tf, placed, teacher) : placed;
      let loss: TF.Scalar | undefined;
      const objective = this.update(
        () => {
          const result = trainingObjective(tf, spec, groups.weights, batch, { fakeQuantization });
          loss = tf.keep(result.loss);
          return result.objective;
        },
        { rate: rate as TF.Scalar, correction: correction as TF.Scalar },
      );
      moveAverage(tf, groups.average, groups.weights, share as TF.Scalar);
      return [objective, loss as TF.Scalar];
    });
  }

  /** The layer where the weights or the average have diverged, found by evaluating a batch. */
  divergedLayer(of: "weights" | "average", examples: TrainingBatch): string {
    const { tf, spec } = this;
    const batch = this.place(examples) as unknown as BatchTensors & TF.NamedTensorMap;
    const layer = tf.tidy(() => divergedLayer(tf, spec, this.groups[of], { ...batch, x: noisyImages(tf, batch) }));
    tf.dispose(batch as TF.NamedTensorMap);
    return layer;
  }

  private place({ clean, noise, sigma, label, change }: TrainingBatch): BatchTensors {
    const { tf, spec } = this;
    const images = [sigma.length, spec.height, spec.width, spec.channels] as [number, number, number, number];
    return {
      clean: tf.tensor(clean, images),
      noise: tf.tensor(noise, images),
      sigma: tf.tensor(sigma, [sigma.length, 1]),
      label: tf.tensor(label, [sigma.length, spec.classes]),
      ...(change && { change: tf.tensor(change, [sigma.length, CHANGES]) }),
    };
  }

  /** All tensors of the state. */
  private get variables(): TF.Variable[] {
    return Object.values(this.groups).flatMap((group) => [...group.values()]);
  }

  /**
   * The operations of a step: filters back to unit root mean square, gradient, Adam. Parameters that the objective does
   * not depend on do not change. Returns the objective before the update.
   */
  private update(objective: () => TF.Scalar, factors: AdamFactors): TF.Scalar {
    const { tf, recipe, groups, trainable } = this;
    for (const [path, w] of trainable) if (isFilter(this.parameterAt(path))) toUnitRms(tf, w, recipe.filterEpsilon);
    const { value, grads } = tf.variableGrads(objective, [...trainable.values()]);
    const learning = new Map([...trainable].filter(([, variable]) => grads[variable.name] !== undefined));
    const gradients = Object.fromEntries([...learning].map(([path, variable]) => [path, grads[variable.name]]));
    adamStep(tf, { weights: learning, first: groups.first, second: groups.second }, gradients, recipe.adam, factors);
    return value;
  }

  /** A copy of the state, in the layout of checkpoints. */
  state(): TrainingState {
    const read = (group: Variables): Parameters =>
      new Map([...group].map(([path, variable]) => [path, fromTensorLayout(variable.dataSync() as Float32Array, this.shapeOf(path))]));
    const { weights, first, second, average } = this.groups;
    return { step: this.step, weights: read(weights), first: read(first), second: read(second), average: read(average) };
  }

  dispose(): void {
    this.tf.dispose(this.variables);
  }

  private variable(path: string, values: Float32Array): TF.Variable {
    const tensor = toTensorLayout(values, this.shapeOf(path));
    const value = this.tf.tensor(Float32Array.from(tensor.values), tensor.shape);
    const variable = this.tf.variable(value);
    value.dispose();
    return variable;
  }

  private shapeOf(path: string): readonly number[] {
    return this.parameterAt(path).shape;
  }

  private parameterAt(path: string): Parameter {
    const parameter = this.parameters.get(path);
    if (parameter === undefined) throw new Error(`Expected a parameter of the network but received \`${path}\``);
    return parameter;
  }
}
