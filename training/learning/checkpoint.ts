/**
 * The state that a training needs to continue exactly as if it had never stopped: the step, the weights, Adam's moments
 * and the averaged weights, in a safetensors file with a checksum.
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

export type StateArrays = Omit<TrainingState, "step">;

/** How a state is encoded as the tensors of a file. */
export interface StateFormat<State> {
  encode(state: State): NamedTensors<Float32Array>;
  /** Throws an Error for a file that holds no such state. */
  decode(file: NamedTensors<Float32Array>): State;
}

const GROUPS = ["weights", "first", "second", "average"] as const;

/** The state of a new run: moments 0, the average equal to the weights. */
export function initialState(spec: NetworkSpec, weights: Parameters): TrainingState {
  const trainable = [...parametersOf(spec)].filter(([, { kind }]) => kind !== "constant");
  const zeros = (): Parameters => new Map(trainable.map(([path, { shape }]) => [path, new Float32Array(sizeOf(shape))]));
  return { step: 0, weights, first: zeros(), second: zeros(), average: weights };
}

export const trainingFormat = (spec: NetworkSpec): StateFormat<TrainingState> => ({
  encode: (state) => ({ tensors: new Map(tensorsOf(spec, state)), metadata: { step: String(state.step) } }),
  decode({ tensors, metadata: { step = "", ...others } }) {
    // Other metadata may be a checksum whose name is damaged.
    if (!/^\d+$/.test(step) || Object.keys(others).length > 0) throw new Error("its metadata is not its step alone");
    const arrays = arraysOf(spec, tensors);
    const known = GROUPS.reduce((sum, group) => sum + arrays[group].size, 0);
    if (tensors.size > known) throw new Error("it has tensors that the run's network does not have");
    return { step: Number(step), ...arrays };
  },
});

/** A state's arrays as tensors named `${prefix}weights/${path}` and so on. */
export function tensorsOf(spec: NetworkSpec, state: StateArrays, prefix = ""): [name: string, NamedTensor][] {
  const shapes = parametersOf(spec);
  return GROUPS.flatMap((group) =>
    [...state[group]].map(([path, values]): [string, NamedTensor] => [
      `${prefix}${group}/${path}`,
      { shape: shapes.get(path)?.shape ?? [values.length], values },
    ]),
  );
}

/** The inverse of `tensorsOf`. Throws an Error if a tensor is missing or has another shape. */
export function arraysOf(spec: NetworkSpec, tensors: ReadonlyMap<string, NamedTensor>, prefix = ""): StateArrays {
  const group = (name: string, parameters: readonly (readonly [path: string, Parameter])[]): Parameters =>
    new Map(parameters.map(([path, { shape }]) => [path, valuesOf(tensors, `${prefix}${name}/${path}`, shape)]));
  // Runs of earlier versions have no `emb.change`, and need none.
  const all = [...parametersOf(spec)].filter(([path]) => path !== "emb.change" || tensors.has(`${prefix}weights/${path}`));
  const trainable = all.filter(([, { kind }]) => kind !== "constant");
  return {
    weights: group("weights", all),
    first: group("first", trainable),
    second: group("second", trainable),
    average: group("average", all),
  };
}

function valuesOf(tensors: ReadonlyMap<string, NamedTensor>, name: string, shape: readonly number[]): Float32Array {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new Error(`it lacks the tensor \`${name}\``);
  if (tensor.shape.join() === shape.join()) return tensor.values;
  throw new Error(`its tensor \`${name}\` has the shape [${tensor.shape.join(", ")}] and not [${shape.join(", ")}]`);
}
