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
export const encodeWeights = (
  known: Known,
  weights: Parameters,
  metadata: Readonly<Record<string, string>> = {},
): NamedTensors<Float32Array> => ({
  tensors: new Map(Array.from(weights, ([path, values]) => [path, { shape: known.get(path)!.shape, values }])),
  metadata,
});

/** The most faults that a message names. */
const MOST_FAULTS = 10;

/**
 * The weights of a network in a file that names them by their paths, or the averaged ones in a checkpoint. Those that only
 * training needs may be missing. Throws an Error that names what is missing or of another shape.
 */
export function decodeWeights(known: Known, { tensors }: NamedTensors<Float32Array>): Parameters {
  const group = [...tensors.keys()].some((name) => name.startsWith("average/")) ? "average/" : "";
  const needed = [...known].filter(([path, { trainingOnly }]) => !trainingOnly || tensors.has(group + path));
  const faults = needed.flatMap(([path, { shape }]) => faultOf(tensors, group + path, shape) ?? []);
  if (faults.length === 0) return new Map(needed.map(([path]) => [path, tensors.get(group + path)!.values]));
  const more = faults.length > MOST_FAULTS ? `; and ${faults.length - MOST_FAULTS} more faults` : "";
  throw new Error(faults.slice(0, MOST_FAULTS).join("; ") + more);
}

function valuesOf(tensors: Tensors, name: string, shape: readonly number[]): Float32Array {
  const fault = faultOf(tensors, name, shape);
  if (fault !== undefined) throw new Error(fault);
  return tensors.get(name)!.values;
}

type Tensors = NamedTensors<Float32Array>["tensors"];

function faultOf(tensors: Tensors, name: string, shape: readonly number[]): string | undefined {
  const tensor = tensors.get(name);
  if (tensor === undefined) return `it lacks the tensor \`${name}\``;
  if (tensor.shape.join() === shape.join() || (shape.length === 0 && tensor.shape.join() === "1")) return undefined; // numpy makes [1] of []
  return `its tensor \`${name}\` has the shape [${tensor.shape.join(", ")}] and not [${shape.join(", ")}]`;
}
