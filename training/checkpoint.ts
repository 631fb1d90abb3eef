/** What a training run must remember to go on as if it had never stopped: the step, the weights, Adam's moments and the averaged weights. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Parameter, parametersOf } from "../wasm-model/count.ts";
import type { NetworkSpec } from "../wasm-model/network/spec.ts";
import type { Parameters } from "./parameters.ts";
import { decodeSafetensors, encodeSafetensors, type NamedTensors } from "./safetensors.ts";
import { UserError } from "./user-error.ts";
import { writeFileAtomically } from "./write-file.ts";

export interface TrainingState {
  /** Steps done. */
  readonly step: number;
  readonly weights: Parameters;
  /** Adam's first and second moments, by parameter path; constants have none. */
  readonly first: Parameters;
  readonly second: Parameters;
  /** Averaged weights: what is sampled from and exported. */
  readonly average: Parameters;
}

const FILE = "checkpoint.safetensors";
const GROUPS = ["weights", "first", "second", "average"] as const;

/** Writes `<run>/checkpoint.safetensors`; the one before stays until the new one is complete. */
export function writeCheckpoint(run: string, spec: NetworkSpec, state: TrainingState): void {
  const shapes = parametersOf(spec);
  const tensors = new Map<string, { shape: readonly number[]; values: Float32Array }>();
  for (const group of GROUPS) {
    for (const [path, values] of state[group])
      tensors.set(`${group}/${path}`, { shape: shapes.get(path)?.shape ?? [values.length], values });
  }
  writeFileAtomically(join(run, FILE), encodeSafetensors({ tensors, metadata: { step: String(state.step) } }));
}

/** Reads the checkpoint of a run, or undefined when it has none yet. Throws a UserError for a damaged one and for that of another network. */
export function readCheckpoint(run: string, spec: NetworkSpec): TrainingState | undefined {
  const path = join(run, FILE);
  if (!existsSync(path)) return undefined;
  try {
    const { tensors, metadata } = decodeSafetensors(readFileSync(path));
    const step = Number(metadata.step);
    if (!Number.isInteger(step)) throw new Error("it does not tell its step");
    const group = (name: string, parameters: readonly (readonly [path: string, Parameter])[]): Parameters =>
      new Map(parameters.map(([path, { shape }]) => [path, valuesOf(tensors, `${name}/${path}`, shape)]));
    const all = [...parametersOf(spec)];
    const trainable = all.filter(([, { kind }]) => kind !== "constant");
    const state = {
      step,
      weights: group("weights", all),
      first: group("first", trainable),
      second: group("second", trainable),
      average: group("average", all),
    };
    if (tensors.size > 2 * (all.length + trainable.length)) throw new Error("it has tensors that the run's network does not ask for");
    return state;
  } catch (error) {
    throw new UserError(`Expected a complete checkpoint of the run's network at \`${path}\` but ${(error as Error).message}`);
  }
}

function valuesOf(tensors: NamedTensors<Float32Array>["tensors"], name: string, shape: readonly number[]): Float32Array {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new Error(`it lacks the tensor \`${name}\``);
  if (tensor.shape.join() === shape.join()) return tensor.values;
  throw new Error(`its tensor \`${name}\` has the shape [${tensor.shape.join(", ")}] and not [${shape.join(", ")}]`);
}
