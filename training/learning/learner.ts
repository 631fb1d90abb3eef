/** A network that learns: its state on the device, and one gradient step on any objective. */
import type * as TF from "@tensorflow/tfjs";
import { type Parameter, parametersOf } from "../../wasm-model/network/count.ts";
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import { fromTensorLayout, isFilter, type Parameters, toTensorLayout } from "../network/parameters.ts";
import type { Tf } from "../network/score-network.ts";
import type { TrainingState } from "./checkpoint.ts";
import { adamStep, type Variables } from "./optimizer.ts";
import type { TrainingRecipe } from "./recipe.ts";

/**
 * w <- w / (RMS(w) + epsilon) for each filter, without gradient, so that the learning rate keeps its meaning (Karras et
 * al. 2024, section 2.3).
 */
export function toUnitRms(tf: Tf, w: TF.Variable, epsilon: number): void {
  const axes = w.shape.map((_, axis) => axis).slice(0, -1);
  tf.tidy(() => w.assign(tf.div(w, tf.add(tf.sqrt(tf.mean(tf.square(w), axes, true)), epsilon))));
}

export class Learner {
  step: number;
  protected readonly tf: Tf;
  protected readonly groups: Record<"weights" | "first" | "second" | "average", Variables>;
  private readonly recipe: Pick<TrainingRecipe, "adam" | "filterEpsilon">;
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

  /**
   * One step: filters back to unit root mean square, gradient, Adam. Parameters that the objective does not depend on
   * do not change. Returns the objective before the update. If it is not finite, the weights are not updated, so the
   * cause can still be found.
   */
  descend(objective: () => TF.Scalar, rate: number): number {
    const { tf, recipe, groups, trainable } = this;
    this.step += 1;
    for (const [path, w] of trainable) if (isFilter(this.parameterAt(path))) toUnitRms(tf, w, recipe.filterEpsilon);
    const { value, grads } = tf.variableGrads(objective, [...trainable.values()]);
    const before = value.dataSync()[0] as number;
    if (Number.isFinite(before)) {
      const learning = new Map([...trainable].filter(([, variable]) => grads[variable.name] !== undefined));
      const gradients = Object.fromEntries([...learning].map(([path, variable]) => [path, grads[variable.name] as TF.Tensor]));
      adamStep(tf, { weights: learning, first: groups.first, second: groups.second }, gradients, recipe.adam, rate, this.step);
    }
    tf.dispose([value, grads]);
    return before;
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
