/**
 * The state that a training needs to continue exactly as if it had never stopped: the step, the weights, Adam's moments
 * and the averaged weights, in a safetensors file.
 */
import { type Parameter, parametersOf } from "../../wasm-model/network/count.ts";
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import { type Parameters, sizeOf } from "../network/parameters.ts";
import type { NamedTensor, NamedTensors } from "./safetensors.ts";

export interface TrainingState {
  /** Steps done. */
  readonly step: number;
  readonly weights: Parameters;
  /** Adam's first and second moments, by parameter path; constants have none. */
  readonly first: Parameters;
  readonly second: Parameters;
  /** Averaged weights, which are used for sampling and export. */
  readonly average: Parameters;
}

const GROUPS = ["weights", "first", "second", "average"] as const;

/** The state of a new run: moments 0, the average equal to the weights. */
export const initialState = (spec: NetworkSpec, weights: Parameters): TrainingState => firstState(parametersOf(spec), weights);

type Known = ReadonlyMap<string, Parameter>;

/** `initialState` of any network, by its parameters. */
export function firstState(known: Known, weights: Parameters): TrainingState {
  const trainable = [...known].filter(([, { kind }]) => kind !== "constant");
  const zeros = (): Parameters => new Map(trainable.map(([path, { shape }]) => [path, new Float32Array(sizeOf(shape))]));
  return { step: 0, weights, first: zeros(), second: zeros(), average: weights };
}

/** The state as the tensors of a file. `known`: the network's parameters. */
export function encodeState(known: Known, state: TrainingState): NamedTensors<Float32Array> {
  const group = (name: (typeof GROUPS)[number]): [string, NamedTensor][] =>
    Array.from(state[name], ([path, values]) => [`${name}/${path}`, { shape: known.get(path)?.shape ?? [values.length], values }]);
  return { tensors: new Map(GROUPS.flatMap(group)), metadata: { step: String(state.step) } };
}

/** Throws an Error for a file that holds no state of this network. */
export function decodeState(known: Known, { tensors, metadata: { step = "", ...others } }: NamedTensors<Float32Array>): TrainingState {
  if (!/^\d+$/.test(step) || Object.keys(others).length > 0) throw new Error("its metadata is not its step alone");
  const all = [...known];
  const trainable = all.filter(([, { kind }]) => kind !== "constant");
  const group = (name: string, parameters: typeof all): Parameters =>
    new Map(parameters.map(([path, { shape }]) => [path, valuesOf(tensors, `${name}/${path}`, shape)]));
  if (tensors.size > 2 * (all.length + trainable.length)) throw new Error("it has tensors that the run's network does not have");
  return {
    step: Number(step),
    weights: group("weights", all),
    average: group("average", all),
    first: group("first", trainable),
    second: group("second", trainable),
  };
}

/** The weights of a network as the tensors of a file. */
export const encodeWeights = (known: Known, weights: Parameters): NamedTensors<Float32Array> => ({
  tensors: new Map(Array.from(weights, ([path, values]) => [path, { shape: known.get(path)!.shape, values }])),
  metadata: {},
});

/** Throws an Error for a file that holds no weights of this network. */
export const decodeWeights = (known: Known, { tensors }: NamedTensors<Float32Array>): Parameters =>
  new Map(Array.from(known, ([path, { shape }]) => [path, valuesOf(tensors, path, shape)]));

function valuesOf(tensors: ReadonlyMap<string, NamedTensor>, name: string, shape: readonly number[]): Float32Array {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new Error(`it lacks the tensor \`${name}\``);
  if (tensor.shape.join() === shape.join()) return tensor.values;
  throw new Error(`its tensor \`${name}\` has the shape [${tensor.shape.join(", ")}] and not [${shape.join(", ")}]`);
}
