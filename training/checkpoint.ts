/** What a training run must remember to go on as if it had never stopped: the step, the weights, Adam's moments and the averaged weights. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parametersOf } from "../wasm-model/count.ts";
import type { NetworkSpec } from "../wasm-model/network.ts";
import type { Parameters } from "./parameters.ts";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";
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

/** Reads the checkpoint of a run, or undefined when it has none yet. Throws a UserError for a damaged one. */
export function readCheckpoint(run: string): TrainingState | undefined {
  const path = join(run, FILE);
  if (!existsSync(path)) return undefined;
  try {
    const { tensors, metadata } = decodeSafetensors(readFileSync(path));
    const group = (name: string): Parameters =>
      new Map([...tensors].filter(([key]) => key.startsWith(`${name}/`)).map(([key, { values }]) => [key.slice(name.length + 1), values]));
    const step = Number(metadata.step);
    if (!Number.isInteger(step)) throw new Error("it does not tell its step");
    return {
      step,
      weights: group("weights"),
      first: group("first"),
      second: group("second"),
      average: group("average"),
    };
  } catch (error) {
    throw new UserError(`Expected a complete checkpoint at \`${path}\` but ${(error as Error).message}`);
  }
}
