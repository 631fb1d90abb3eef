/** The training state on the device, and one step of it. */
import type * as TF from "@tensorflow/tfjs";
import { type Parameter, parametersOf } from "../../wasm-model/network/count.ts";
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import type { Batch } from "../data/batches.ts";
import { adamStep } from "../network/adam.ts";
import { averageStep } from "../network/ema.ts";
import type { Teach } from "../network/guided-teacher.ts";
import { type BatchTensors, taughtBatch, trainingObjective } from "../network/loss.ts";
import { fromTensorLayout, isFilter, type Parameters, sizeOf, toTensorLayout } from "../network/parameters.ts";
import type { Interpretation, Tf } from "../network/score-network.ts";
import type { TrainingState } from "./checkpoint.ts";
import type { Recipe } from "./recipe.ts";

type Variables = Map<string, TF.Variable>;

/** Learning rate of step 1..total: linear warm-up, constant, then linear to about zero. */
export function learningRate(
  peak: number,
  step: number,
  total: number,
  { warmUp, decayShare }: Pick<Recipe, "warmUp" | "decayShare">,
): number {
  const rising = Math.min(warmUp.steps, total / (1 / warmUp.share)); // total / 10, which total * 0.1 is not always
  return peak * Math.min(1, step / rising, (1 - (step - 1) / total) / decayShare);
}

/** Whether step 1..total computes with fake quantization. */
export const isQuantized = (step: number, total: number, { quantizedShare }: Pick<Recipe, "quantizedShare">): boolean =>
  step > (1 - quantizedShare) * total;

/** w <- w / (RMS(w) + epsilon), filter by filter and without gradient, so that the learning rate keeps its meaning (Karras et al. 2024, section 2.3). */
export function toUnitRms(tf: Tf, w: TF.Variable, epsilon: number): void {
  const axes = w.shape.map((_, axis) => axis).slice(0, -1);
  tf.tidy(() => w.assign(tf.div(w, tf.add(tf.sqrt(tf.mean(tf.square(w), axes, true)), epsilon))));
}

/** The state of a run that begins: moments 0, the average at the weights. */
export function initialState(spec: NetworkSpec, weights: Parameters): TrainingState {
  const trainable = [...parametersOf(spec)].filter(([, { kind }]) => kind !== "constant");
  const zeros = (): Parameters => new Map(trainable.map(([path, { shape }]) => [path, new Float32Array(sizeOf(shape))]));
  return { step: 0, weights, first: zeros(), second: zeros(), average: weights };
}

export class Trainer {
  step: number;
  private readonly tf: Tf;
  private readonly spec: NetworkSpec;
  private readonly recipe: Recipe;
  private readonly parameters: ReadonlyMap<string, Parameter>;
  private readonly groups: Record<"weights" | "first" | "second" | "average", Variables>;
  private readonly trainable: Variables;
  private readonly teach: Teach | undefined;

  /** With `teach` the teacher's images are what to learn, not the clean ones. */
  constructor(tf: Tf, spec: NetworkSpec, recipe: Recipe, state: TrainingState, teach?: Teach) {
    this.tf = tf;
    this.spec = spec;
    this.recipe = recipe;
    this.teach = teach;
    this.parameters = parametersOf(spec);
    this.step = state.step;
    const place = (parameters: Parameters): Variables =>
      new Map([...parameters].map(([path, values]) => [path, this.variable(path, values)]));
    this.groups = { weights: place(state.weights), first: place(state.first), second: place(state.second), average: place(state.average) };
    this.trainable = new Map([...this.groups.weights].filter(([path]) => this.groups.first.has(path)));
  }

  /** Averaged weights on the device, for evaluation and sampling. */
  get average(): ReadonlyMap<string, TF.Variable> {
    return this.groups.average;
  }

  /**
   * One step on one batch: filters back to unit root mean square, gradient, Adam, average. Returns the mean weighted loss (about 1 for an untrained network)
   * before the update.
   */
  train(batch: Batch, rate: number, interpretation?: Interpretation): number {
    const { tf, spec, recipe, groups, trainable } = this;
    this.step += 1;
    this.normalizeFilters();
    const variables = [...trainable.values()];
    const data = this.place(batch);
    let loss: TF.Scalar | undefined;
    const { value, grads } = tf.variableGrads(() => {
      const result = trainingObjective(tf, spec, groups.weights, data, interpretation);
      loss = tf.keep(result.loss);
      return result.objective;
    }, variables);
    const gradients = Object.fromEntries([...trainable].map(([path, variable]) => [path, grads[variable.name] as TF.Tensor]));
    adamStep(tf, { weights: trainable, first: groups.first, second: groups.second }, gradients, recipe.adam, rate, this.step);
    averageStep(tf, groups.average, groups.weights, recipe.averageGamma, this.step);
    const mean = (loss as TF.Scalar).dataSync()[0] as number;
    tf.dispose([value, grads, data as unknown as TF.NamedTensorMap, loss as TF.Scalar]);
    return mean;
  }

  /** A copy of the state, in the layout of checkpoints. */
  state(): TrainingState {
    const read = (group: Variables): Parameters =>
      new Map([...group].map(([path, variable]) => [path, fromTensorLayout(variable.dataSync() as Float32Array, this.shapeOf(path))]));
    const { weights, first, second, average } = this.groups;
    return { step: this.step, weights: read(weights), first: read(first), second: read(second), average: read(average) };
  }

  dispose(): void {
    for (const group of Object.values(this.groups)) for (const variable of group.values()) variable.dispose();
  }

  private normalizeFilters(): void {
    for (const [path, w] of this.trainable) if (isFilter(this.parameterAt(path))) toUnitRms(this.tf, w, this.recipe.filterEpsilon);
  }

  private place({ clean, noise, sigma, label }: Batch): BatchTensors {
    const { tf, spec, teach } = this;
    const images = [sigma.length, spec.height, spec.width, spec.channels] as [number, number, number, number];
    const batch = {
      clean: tf.tensor(clean, images),
      noise: tf.tensor(noise, images),
      sigma: tf.tensor(sigma, [sigma.length, 1]),
      label: tf.tensor(label, [sigma.length, spec.classes]),
    };
    return teach ? taughtBatch(tf, batch, teach) : batch;
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
