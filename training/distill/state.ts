/** The folder of a distillation: config.json, teacher-fp32.onnx, checkpoint.safetensors (all that it must remember), log.jsonl, samples/, and the best student so far. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { join, resolve } from "node:path";
import type { NetworkSpec } from "../../wasm-model/network.ts";
import { type Model, writeModel } from "../../wasm-model/onnx/writer.ts";
import { readFp32Model } from "../read-model.ts";
import { decodeSafetensors, encodeSafetensors } from "../safetensors.ts";
import { UserError } from "../user-error.ts";
import { writeFileAtomically } from "../write-file.ts";
import type { AdversaryState } from "./adversary.ts";
import { type DistillConfig, parseDistillConfig } from "./config.ts";
import type { Population } from "./frechet.ts";
import { inferenceParameters, type ReplicaState } from "./replica.ts";

export interface DistillState {
  /** Steps done. */
  readonly step: number;
  readonly student: ReplicaState;
  readonly auxiliary: ReplicaState | undefined;
  readonly adversary: AdversaryState | undefined;
  readonly populations: readonly Population[] | undefined;
  /** Of `frechet`: the distance of each part at the start. */
  readonly scales: readonly number[];
  /** Of the best student so far; Infinity before the first report. */
  readonly bestFid: number;
}

/** A line of log.jsonl; `step` counts from 1. */
export type DistillLog =
  | {
      readonly step: number;
      readonly losses: Readonly<Record<string, number>>;
      readonly learningRate: number;
      readonly imagesPerSecond: number;
    }
  | { readonly step: number; readonly images: number; readonly fid: number; readonly classAccuracy: number };

const [CONFIG, TEACHER, CHECKPOINT, LOG] = ["config.json", "teacher-fp32.onnx", "checkpoint.safetensors", "log.jsonl"];
const GROUPS = ["weights", "first", "second", "average"] as const;
const ADVERSARY = ["weights", "first", "second"] as const;
const POPULATION = ["mean", "square", "classCounts", "classMeans"] as const;

/** Creates the folder. Throws a UserError unless it is new or empty. */
export function createDistillation(folder: string, config: DistillConfig, teacher: Model): void {
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new UserError(`Expected a new or empty folder for \`out\` but \`${folder}\` holds files: --resume goes on with a run`);
  }
  const staging = `${resolve(folder)}.${process.pid}.tmp`;
  mkdirSync(join(staging, "samples"), { recursive: true });
  writeFileAtomically(join(staging, TEACHER), writeModel(teacher));
  writeFileAtomically(join(staging, CONFIG), `${JSON.stringify(config, null, 2)}\n`);
  renameSync(staging, folder);
}

/** Configuration and teacher of a distillation. Throws a UserError where there is none. */
export function readDistillation(folder: string): { config: DistillConfig; teacher: Model } {
  const path = join(folder, CONFIG);
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new UserError(`Expected the folder of a distillation but ${(error as Error).message}`);
  }
  return { config: parseDistillConfig(json, path), teacher: readFp32Model(join(folder, TEACHER), "the run's teacher") };
}

export function writeDistillState(
  folder: string,
  spec: NetworkSpec,
  { step, student, auxiliary, adversary, populations, scales, bestFid }: DistillState,
): void {
  const parameters = inferenceParameters(spec);
  const tensors = new Map<string, { shape: readonly number[]; values: Float32Array }>();
  for (const [name, replica] of [
    ["student", student],
    ["auxiliary", auxiliary],
  ] as const) {
    for (const group of replica ? GROUPS : []) {
      for (const [path, values] of replica?.[group] ?? [])
        tensors.set(`${name}/${group}/${path}`, { shape: parameters.get(path)?.shape ?? [], values });
    }
  }
  for (const group of adversary ? ADVERSARY : []) {
    for (const [path, values] of adversary?.[group] ?? []) tensors.set(`adversary/${group}/${path}`, { shape: [values.length], values });
  }
  for (const [p, population] of (populations ?? []).entries()) {
    for (const name of POPULATION) {
      // float64 as pairs of float32: the bytes are kept as they are.
      const values = new Float32Array(Uint8Array.from(new Uint8Array(population[name].buffer)).buffer);
      tensors.set(`population/${p}/${name}`, { shape: [values.length], values });
    }
  }
  const counts = (populations ?? []).map(({ count }) => count);
  const metadata = { step: String(step), bestFid: String(bestFid), counts: JSON.stringify(counts), scales: JSON.stringify(scales) };
  writeFileAtomically(join(folder, CHECKPOINT), encodeSafetensors({ tensors, metadata }));
}

/** The last state, or undefined before the first one. Throws a UserError for a damaged file. */
export function readDistillState(folder: string, spec: NetworkSpec): DistillState | undefined {
  const path = join(folder, CHECKPOINT);
  if (!existsSync(path)) return undefined;
  try {
    const { tensors, metadata } = decodeSafetensors(readFileSync(path));
    const replica = (name: string): ReplicaState | undefined => {
      if (![...tensors.keys()].some((key) => key.startsWith(`${name}/`))) return undefined;
      const group = (which: string) =>
        new Map(
          [...inferenceParameters(spec).keys()].flatMap((key) => {
            const values = tensors.get(`${name}/${which}/${key}`)?.values;
            return values ? [[key, values] as const] : [];
          }),
        );
      return { weights: group("weights"), first: group("first"), second: group("second"), average: group("average") };
    };
    const student = replica("student");
    if (!student || !Number.isInteger(Number(metadata.step))) throw new Error("it is not that of a distillation");
    const doubles = (name: string): Float64Array => {
      const values = tensors.get(`population/${name}`)?.values ?? new Float32Array();
      return new Float64Array(Uint8Array.from(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)).buffer);
    };
    const heads = (which: (typeof ADVERSARY)[number]) => {
      const prefix = `adversary/${which}/`;
      return new Map(
        [...tensors].flatMap(([key, { values }]) => (key.startsWith(prefix) ? [[key.slice(prefix.length), values] as const] : [])),
      );
    };
    const adversary = [...tensors.keys()].some((key) => key.startsWith("adversary/"))
      ? { weights: heads("weights"), first: heads("first"), second: heads("second") }
      : undefined;
    const counts = JSON.parse(metadata.counts) as number[];
    const populations = counts.map((count, p) => ({
      count,
      mean: doubles(`${p}/mean`),
      square: doubles(`${p}/square`),
      classCounts: doubles(`${p}/classCounts`),
      classMeans: doubles(`${p}/classMeans`),
    }));
    const scales = JSON.parse(metadata.scales) as number[];
    const bestFid = Number(metadata.bestFid);
    return {
      step: Number(metadata.step),
      student,
      auxiliary: replica("auxiliary"),
      adversary,
      populations: populations.length > 0 ? populations : undefined,
      scales,
      bestFid,
    };
  } catch (error) {
    throw new UserError(`Expected a complete checkpoint at \`${path}\` but ${(error as Error).message}`);
  }
}

/** The log up to a step: what a killed process did after its last checkpoint is done again. */
export function readDistillLog(folder: string, upToStep: number): DistillLog[] {
  const path = join(folder, LOG);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line) as DistillLog).filter(({ step }) => step <= upToStep);
}

export function writeDistillLog(folder: string, log: readonly DistillLog[]): void {
  writeFileAtomically(join(folder, LOG), log.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
}
