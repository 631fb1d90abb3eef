/**
 * What a training run must remember to go on as if it had never stopped: the step, the weights, Adam's moments and the averaged weights; with a checksum,
 * and beside it the last checkpoint whose network is known to be good.
 */
import { copyFileSync, existsSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { type Parameter, parametersOf } from "../../wasm-model/network/count.ts";
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import { writeFileAtomically } from "../cli/files.ts";
import { UserError } from "../cli/user-error.ts";
import type { Parameters } from "../network/parameters.ts";
import { decodeSafetensors, encodeSafetensors, type NamedTensor, verified, withChecksum } from "./safetensors.ts";

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

export const CHECKPOINT = "checkpoint.safetensors";
export const PREVIOUS_CHECKPOINT = "checkpoint.previous.safetensors";
const GROUPS = ["weights", "first", "second", "average"] as const;

/** A state without its step. */
export type StateArrays = Omit<TrainingState, "step">;

/** Writes `<run>/checkpoint.safetensors`; the one before stays until the new one is complete. */
export function writeCheckpoint(run: string, spec: NetworkSpec, state: TrainingState): void {
  const tensors = new Map(tensorsOf(spec, state));
  writeFileAtomically(join(run, CHECKPOINT), encodeSafetensors(withChecksum({ tensors, metadata: { step: String(state.step) } })));
}

/** The arrays of a state as tensors of a file, named `${prefix}weights/${path}` and so on. */
export function tensorsOf(spec: NetworkSpec, state: StateArrays, prefix = ""): [name: string, NamedTensor][] {
  const shapes = parametersOf(spec);
  return GROUPS.flatMap((group) =>
    [...state[group]].map(([path, values]): [string, NamedTensor] => [
      `${prefix}${group}/${path}`,
      { shape: shapes.get(path)?.shape ?? [values.length], values },
    ]),
  );
}

/** The inverse of `tensorsOf`. Throws an Error for a tensor that is missing or of another shape. */
export function arraysOf(spec: NetworkSpec, tensors: ReadonlyMap<string, NamedTensor>, prefix = ""): StateArrays {
  const group = (name: string, parameters: readonly (readonly [path: string, Parameter])[]): Parameters =>
    new Map(parameters.map(([path, { shape }]) => [path, valuesOf(tensors, `${prefix}${name}/${path}`, shape)]));
  const all = [...parametersOf(spec)];
  const trainable = all.filter(([, { kind }]) => kind !== "constant");
  return {
    weights: group("weights", all),
    first: group("first", trainable),
    second: group("second", trainable),
    average: group("average", all),
  };
}

/** Makes the checkpoint also the one to fall back on, `<run>/checkpoint.previous.safetensors`. Throws a UserError when the disk is full. */
export function keepCheckpoint(run: string): void {
  const copy = join(run, `${PREVIOUS_CHECKPOINT}.tmp`);
  try {
    copyFileSync(join(run, CHECKPOINT), copy);
    renameSync(copy, join(run, PREVIOUS_CHECKPOINT));
  } catch (error) {
    throw new UserError(`Expected to be able to write \`${join(run, PREVIOUS_CHECKPOINT)}\` but ${(error as Error).message}`);
  }
}

/** Puts the checkpoint to fall back on in the place of the last one. */
export function restoreCheckpoint(run: string): void {
  writeFileAtomically(join(run, CHECKPOINT), readFileSync(join(run, PREVIOUS_CHECKPOINT)));
}

/** The checkpoint of a run. Throws a UserError when it is missing or damaged and for that of another network. Those of earlier versions have no checksum. */
export const readCheckpoint = (run: string, spec: NetworkSpec): TrainingState => readState(join(run, CHECKPOINT), spec);

/** The checkpoint to fall back on, or undefined when there is none or it is of no use either. */
export function readPreviousCheckpoint(run: string, spec: NetworkSpec): TrainingState | undefined {
  try {
    return readState(join(run, PREVIOUS_CHECKPOINT), spec);
  } catch {
    return undefined;
  }
}

function readState(path: string, spec: NetworkSpec): TrainingState {
  if (!existsSync(path)) throw new UserError(`Expected a checkpoint at \`${path}\` but there is none`);
  try {
    const { tensors, metadata } = verified(decodeSafetensors(readFileSync(path)));
    const { step: text = "", ...others } = metadata;
    // Also a checksum whose name is damaged.
    if (!/^\d+$/.test(text) || Object.keys(others).length > 0) throw new Error("it does not tell its step, and that alone");
    const arrays = arraysOf(spec, tensors);
    const known = GROUPS.reduce((sum, group) => sum + arrays[group].size, 0);
    if (tensors.size > known) throw new Error("it has tensors that the run's network does not ask for");
    return { step: Number(text), ...arrays };
  } catch (error) {
    throw new UserError(`Expected a complete checkpoint of the run's network at \`${path}\` but ${(error as Error).message}`);
  }
}

function valuesOf(tensors: ReadonlyMap<string, NamedTensor>, name: string, shape: readonly number[]): Float32Array {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new Error(`it lacks the tensor \`${name}\``);
  if (tensor.shape.join() === shape.join()) return tensor.values;
  throw new Error(`its tensor \`${name}\` has the shape [${tensor.shape.join(", ")}] and not [${shape.join(", ")}]`);
}
