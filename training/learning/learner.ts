/** A network that learns: its state on the device, and one gradient step on any objective. */
import type * as TF from "@tensorflow/tfjs";
import { type Parameter, parametersOf } from "../../wasm-model/network/count.ts";
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import { eagerStep } from "../backend/step.ts";
import { fromTensorLayout, isFilter, type Parameters, toTensorLayout } from "../network/parameters.ts";
import type { Tf } from "../network/score-network.ts";
import type { TrainingState } from "./checkpoint.ts";
import { type AdamFactors, adamFactors, adamStep, type Variables } from "./optimizer.ts";
import type { TrainingRecipe } from "./recipe.ts";

/**
 * w <- w / (RMS(w) + epsilon) for each filter, without gradient. So the learning rate keeps its meaning (Karras et al.
 * 2024, section 2.3).
 */
export function toUnitRms(tf: Tf, w: TF.Variable, epsilon: number): void {
  const axes = w.shape.map((_, axis) => axis).slice(0, -1);
  tf.tidy(() => w.assign(tf.div(w, tf.add(tf.sqrt(tf.mean(tf.square(w), axes, true)), epsilon))));
}

export class Learner {
  step: number;
  protected readonly tf: Tf;
  protected readonly groups: Record<"weights" | "first" | "second" | "average", Variables>;
  protected readonly recipe: Pick<TrainingRecipe, "adam" | "filterEpsilon">;
  private readonly parameters: ReadonlyMap<string, Parameter>;
  private readonly trainable: Variables;

  constructor(tf: Tf, spec: NetworkSpec, recipe: Pick<TrainingRecipe, "adam" | "filterEpsilon">, state: TrainingState) {
    this.tf = tf;
    this.recipe = recipe;
    this.parameters = parametersOf(spec);
    this.step = state.step;
    const place = (parameters: Parameters): Variables =>
      new Map([...parameters].map(([path, values]) => [path, this.variable(path, values)]));
    this.groups = { weights: place(state.weights), first: place(state.first), second: place(state.second), average: place(state.average) };
    this.trainable = new Map([...this.groups.weights].filter(([path]) => this.groups.first.has(path)));
  }

  get weights(): ReadonlyMap<string, TF.Variable> {
    return this.groups.weights;
  }

  /** Averaged weights on the device, for evaluation and sampling. */
  get average(): ReadonlyMap<string, TF.Variable> {
    return this.groups.average;
  }

  /** One step; returns the objective before the update. If it is not finite, nothing is updated. */
  descend(objective: () => TF.Scalar, rate: number): number {
    this.step += 1;
    const factors = adamFactors(this.recipe.adam, rate, this.step);
    const [before] = eagerStep(this.tf, this.variables, () => [this.update(objective, factors)])({}) as [number];
    return before;
  }

  /** All tensors of the state. */
  protected get variables(): TF.Variable[] {
    return Object.values(this.groups).flatMap((group) => [...group.values()]);
  }

  /**
   * The operations of a step: filters back to unit root mean square, gradient, Adam. Parameters that the objective does
   * not depend on do not change. Returns the objective before the update.
   */
  protected update(objective: () => TF.Scalar, factors: AdamFactors): TF.Scalar {
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
