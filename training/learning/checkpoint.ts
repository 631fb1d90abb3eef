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

export const trainingFormat = (spec: NetworkSpec): StateFormat<TrainingState> => {
  const shapes = parametersOf(spec);
  return {
    encode: (state) => ({
      tensors: new Map(
        GROUPS.flatMap((group) =>
          [...state[group]].map(([path, values]): [string, NamedTensor] => [
            `${group}/${path}`,
            { shape: shapes.get(path)?.shape ?? [values.length], values },
          ]),
        ),
      ),
      metadata: { step: String(state.step) },
    }),
    decode({ tensors, metadata: { step = "", ...others } }) {
      if (!/^\d+$/.test(step) || Object.keys(others).length > 0) throw new Error("its metadata is not its step alone");
      const group = (name: string, parameters: readonly (readonly [path: string, Parameter])[]): Parameters =>
        new Map(parameters.map(([path, { shape }]) => [path, valuesOf(tensors, `${name}/${path}`, shape)]));
      const trainable = [...shapes].filter(([, { kind }]) => kind !== "constant");
      if (tensors.size > 2 * (shapes.size + trainable.length)) throw new Error("it has tensors that the run's network does not have");
      return {
        step: Number(step),
        ...{ weights: group("weights", [...shapes]), average: group("average", [...shapes]) },
        ...{ first: group("first", trainable), second: group("second", trainable) },
      };
    },
  };
};

function valuesOf(tensors: ReadonlyMap<string, NamedTensor>, name: string, shape: readonly number[]): Float32Array {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new Error(`it lacks the tensor \`${name}\``);
  if (tensor.shape.join() === shape.join()) return tensor.values;
  throw new Error(`its tensor \`${name}\` has the shape [${tensor.shape.join(", ")}] and not [${shape.join(", ")}]`);
}
