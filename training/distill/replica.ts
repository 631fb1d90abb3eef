/** A copy of the network that learns on its own: its weights on the device, Adam's moments and a running average. */
import type * as TF from "@tensorflow/tfjs";
import { type Parameter, parametersOf } from "../../wasm-model/count.ts";
import type { NetworkSpec } from "../../wasm-model/network.ts";
import { adamStep } from "../adam.ts";
import { fromTensorLayout, isFilter, type Parameters, storedParameters, toTensorLayout } from "../parameters.ts";
import type { Tf } from "../score-network.ts";
import { toUnitRms } from "../trainer.ts";

const GROUPS = ["weights", "first", "second", "average"] as const;
type Group = (typeof GROUPS)[number];

/** What it must remember, in the layout of checkpoints; constants have no moments. */
export type ReplicaState = Readonly<Record<Group, Parameters>>;

/** The parameters that a denoiser has; the head that only the training loss needs is left out. */
export const inferenceParameters = (spec: NetworkSpec): Map<string, Parameter> =>
  new Map([...parametersOf(spec)].filter(([, { trainingOnly }]) => !trainingOnly));

/** The state of a replica that begins at the weights of a model file. */
export function initialReplica(spec: NetworkSpec, floats: ReadonlyMap<string, Float32Array>): ReplicaState {
  const parameters = inferenceParameters(spec);
  const weights: Parameters = new Map([...storedParameters(spec, withLossHead(spec, floats))].filter(([path]) => parameters.has(path)));
  const trainable = [...weights].filter(([path]) => parameters.get(path)?.kind !== "constant");
  const zeros = (): Parameters => new Map(trainable.map(([path, values]) => [path, new Float32Array(values.length)]));
  return { weights, first: zeros(), second: zeros(), average: weights };
}

/** Zeros for the parameters that a model file lacks. */
export function withLossHead(spec: NetworkSpec, floats: ReadonlyMap<string, Float32Array>): Parameters {
  const size = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);
  return new Map([...parametersOf(spec)].map(([path, { shape }]) => [path, floats.get(path) ?? new Float32Array(size(shape))]));
}

export class Replica {
  private readonly tf: Tf;
  private readonly parameters: ReadonlyMap<string, Parameter>;
  private readonly groups: Record<Group, Map<string, TF.Variable>>;
  private readonly trainable: ReadonlyMap<string, TF.Variable>;

  /** `frozen`: parameters of these kinds stay as they are. */
  constructor(tf: Tf, spec: NetworkSpec, state: ReplicaState, frozen: readonly Parameter["kind"][] = []) {
    this.tf = tf;
    this.parameters = inferenceParameters(spec);
    const place = (group: Parameters): Map<string, TF.Variable> =>
      new Map([...group].map(([path, values]) => [path, this.variable(path, values)]));
    this.groups = { weights: place(state.weights), first: place(state.first), second: place(state.second), average: place(state.average) };
    const learns = (path: string): boolean => !frozen.includes((this.parameters.get(path) as Parameter).kind);
    this.trainable = new Map([...this.groups.weights].filter(([path]) => this.groups.first.has(path) && learns(path)));
  }

  get weights(): ReadonlyMap<string, TF.Variable> {
    return this.groups.weights;
  }

  /** Averaged weights, for evaluation and export. */
  get average(): ReadonlyMap<string, TF.Variable> {
    return this.groups.average;
  }

  /**
   * One step down the gradient of `objective`, a scalar of the weights: filters back to unit root mean square, gradient, Adam. `step` is t, counted from 1. Returns the
   * objective before it.
   */
  descend(objective: () => TF.Scalar, rate: number, step: number): number {
    const { tf, trainable, groups } = this;
    for (const [path, w] of trainable) if (isFilter(this.parameters.get(path) as Parameter)) toUnitRms(tf, w);
    const { value, grads } = tf.variableGrads(objective, [...trainable.values()]);
    const gradients = Object.fromEntries([...trainable].map(([path, variable]) => [path, grads[variable.name] as TF.Tensor]));
    adamStep(tf, { weights: trainable, first: groups.first, second: groups.second }, gradients, rate, step);
    const [before] = value.dataSync();
    tf.dispose([value, grads]);
    return before;
  }

  /** average <- decay average + (1 - decay) weights. */
  follow(decay: number): void {
    const { tf, groups } = this;
    for (const [path, mean] of groups.average) {
      const w = groups.weights.get(path) as TF.Variable;
      tf.tidy(() => mean.assign(tf.add(tf.mul(mean, decay), tf.mul(w, 1 - decay))));
    }
  }

  /** A copy of the state. */
  state(): ReplicaState {
    const read = (group: Map<string, TF.Variable>): Parameters =>
      new Map([...group].map(([path, variable]) => [path, fromTensorLayout(variable.dataSync() as Float32Array, this.shapeOf(path))]));
    const { weights, first, second, average } = this.groups;
    return { weights: read(weights), first: read(first), second: read(second), average: read(average) };
  }

  dispose(): void {
    for (const group of Object.values(this.groups)) this.tf.dispose([...group.values()]);
  }

  private variable(path: string, values: Float32Array): TF.Variable {
    const layout = toTensorLayout(values, this.shapeOf(path));
    const value = this.tf.tensor(Float32Array.from(layout.values), layout.shape);
    const variable = this.tf.variable(value);
    value.dispose();
    return variable;
  }

  private shapeOf(path: string): readonly number[] {
    return (this.parameters.get(path) as Parameter).shape;
  }
}
