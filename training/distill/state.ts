/**
 * The folder of a distillation: config.json, teacher-fp32.onnx, where they were given init-fp32.onnx and feature-classifier.safetensors, checkpoint.safetensors (all that
 * it must remember), checkpoint.previous.safetensors (that of the last report, to fall back on), log.jsonl, samples/, student-fp32.onnx (the best student so far) and, while a process trains it, lock.
 */
import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Model, writeModel } from "../../wasm-model/model/onnx/writer.ts";
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import { makeFolder, writeFileAtomically } from "../cli/files.ts";
import { readFp32Model } from "../cli/model-files.ts";
import { parseJson } from "../cli/parse-json.ts";
import { UserError } from "../cli/user-error.ts";
import type { Dataset } from "../data/dataset.ts";
import { arraysOf, CHECKPOINT, PREVIOUS_CHECKPOINT, type TrainingState, tensorsOf } from "../learning/checkpoint.ts";
import { decodeSafetensors, encodeSafetensors, type NamedTensor, verified, withChecksum } from "../learning/safetensors.ts";
import { type Classifier, classifierAt, encodeClassifier } from "../measure/classifier-file.ts";
import { CONFIG, expectNewRun } from "../run/folder.ts";
import { DISTILL_CONFIG, type DistillConfig, type MetricName } from "./config.ts";
import type { Population } from "./frechet.ts";

export interface DistillState {
  readonly student: TrainingState;
  /** Of `matching`. */
  readonly auxiliary?: TrainingState | undefined;
  /** Of `frechet`: the running populations, and the distance of each part at the start. */
  readonly populations: readonly Population[];
  readonly scales: readonly number[];
}

/** A line of log.jsonl; `step` counts from 1, the report at 0 is of the weights that the student begins at. */
export type DistillLogEntry =
  | { readonly step: number; readonly learningRate: number; readonly imagesPerSecond: number; readonly auxiliaryLoss?: number }
  | DistillReport;

/** Of the metrics it has the one that the configuration names. */
export interface DistillReport extends Readonly<Partial<Record<MetricName, number>>> {
  readonly step: number;
  /** Beside FID. */
  readonly classAccuracy?: number;
  /** Of `frechet`: the distances that it learns by, in units of those at the start. */
  readonly distances?: readonly number[];
}

const [TEACHER, INIT, LOG] = ["teacher-fp32.onnx", "init-fp32.onnx", "log.jsonl"];
const featureClassifierFile = (i: number): string => `feature-classifier-${i + 1}.safetensors`;
export const STUDENT = "student-fp32.onnx";

/** What a distillation is given beside numbers. */
export interface Networks {
  readonly teacher: Model;
  /** What the student begins at, where that is not the teacher. */
  readonly init?: Model | undefined;
  readonly featureClassifiers?: readonly Classifier[] | undefined;
}

/** Creates the folder, complete or not at all. Throws a UserError unless it is new or empty. */
export function createDistillation(folder: string, config: DistillConfig, { teacher, init, featureClassifiers = [] }: Networks): void {
  expectNewRun(folder);
  const staging = `${resolve(folder)}.${process.pid}.tmp`;
  try {
    makeFolder(join(staging, "samples"));
    writeFileAtomically(join(staging, TEACHER), writeModel(teacher));
    if (init) writeFileAtomically(join(staging, INIT), writeModel(init));
    for (const [i, one] of featureClassifiers.entries())
      writeFileAtomically(join(staging, featureClassifierFile(i)), encodeClassifier(one));
    writeFileAtomically(join(staging, CONFIG), `${JSON.stringify(config, null, 2)}\n`);
    renameSync(staging, folder);
  } catch (error) {
    rmSync(staging, { recursive: true, force: true });
    throw error;
  }
}

/** Throws a UserError where the folder has none. */
export function readDistillConfig(folder: string): DistillConfig {
  const path = join(folder, CONFIG);
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new UserError(`Expected the folder of a distillation for \`out\` but ${(error as Error).message}`);
  }
  return parseJson(DISTILL_CONFIG, json, path);
}

/** Configuration and networks of a distillation; `load` gives the data that its configuration names. Throws a UserError where there is none. */
export async function readDistillation(
  folder: string,
  load: (config: DistillConfig) => Promise<Dataset>,
): Promise<{ config: DistillConfig; dataset: Dataset; networks: Networks }> {
  const config = readDistillConfig(folder);
  const dataset = await load(config);
  return {
    config,
    dataset,
    networks: {
      teacher: readFp32Model(join(folder, TEACHER), "the run's teacher"),
      ...(config.init.length > 0 && { init: readFp32Model(join(folder, INIT), "the run's first student") }),
      featureClassifiers: config.featureClassifiers.map((_, i) => classifierAt(dataset, join(folder, featureClassifierFile(i)))),
    },
  };
}

const POPULATION = ["mean", "square", "classCounts", "classMeans"] as const;

export function writeDistillState(folder: string, spec: NetworkSpec, state: DistillState): void {
  const { student, auxiliary, populations, scales } = state;
  const tensors = new Map([...tensorsOf(spec, student, "student/"), ...(auxiliary ? tensorsOf(spec, auxiliary, "auxiliary/") : [])]);
  for (const [p, population] of populations.entries()) {
    for (const name of POPULATION) tensors.set(`population/${p}/${name}`, packed(population[name]));
  }
  const metadata = {
    step: String(student.step),
    ...(auxiliary && { auxiliaryStep: String(auxiliary.step) }),
    counts: JSON.stringify(populations.map(({ count }) => count)),
    scales: JSON.stringify(scales),
  };
  writeFileAtomically(join(folder, CHECKPOINT), encodeSafetensors(withChecksum({ tensors, metadata })));
}

/** The last state, or where its file is damaged, which is said, the one before it; undefined before the first one. Throws a UserError where both are damaged. */
export function readDistillState(folder: string, spec: NetworkSpec): DistillState | undefined {
  try {
    return readState(join(folder, CHECKPOINT), spec);
  } catch (error) {
    const previous = orUndefined(() => readState(join(folder, PREVIOUS_CHECKPOINT), spec));
    if (!previous) throw error;
    console.log(`${(error as Error).message}: going on with the one before it, of step ${previous.student.step}`);
    return previous;
  }
}

function orUndefined<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

function readState(path: string, spec: NetworkSpec): DistillState | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const { tensors, metadata } = verified(decodeSafetensors(readFileSync(path)));
    const { step, auxiliaryStep, counts, scales } = metadata;
    if (step === undefined || counts === undefined) throw new Error("it is not that of a distillation");
    const populationAt = (p: number, count: number): Population => {
      const [mean, square, classCounts, classMeans] = POPULATION.map((name) => unpacked(tensors.get(`population/${p}/${name}`)));
      return { count, mean, square, classCounts, classMeans };
    };
    return {
      student: { step: Number(step), ...arraysOf(spec, tensors, "student/") },
      auxiliary: auxiliaryStep === undefined ? undefined : { step: Number(auxiliaryStep), ...arraysOf(spec, tensors, "auxiliary/") },
      populations: (JSON.parse(counts) as number[]).map((count, p) => populationAt(p, count)),
      scales: JSON.parse(scales),
    };
  } catch (error) {
    throw new UserError(`Expected a complete checkpoint of the run's network at \`${path}\` but ${(error as Error).message}`);
  }
}

/** Numbers of 64 bits in a file of such of 32: each as two of them, the bytes as they are. */
function packed(values: Float64Array): NamedTensor {
  const pairs = new Float32Array(Uint8Array.from(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)).buffer);
  return { shape: [pairs.length], values: pairs };
}

function unpacked(tensor: NamedTensor | undefined): Float64Array {
  if (tensor === undefined) throw new Error("it lacks a population");
  const { buffer, byteOffset, byteLength } = tensor.values;
  return new Float64Array(Uint8Array.from(new Uint8Array(buffer, byteOffset, byteLength)).buffer);
}

/** The log up to a step: what a killed process did after its last checkpoint is done again. */
export function readDistillLog(folder: string, upToStep: number): DistillLogEntry[] {
  const path = join(folder, LOG);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line) as DistillLogEntry).filter(({ step }) => step <= upToStep);
}

/** Whether it is the line of a report. */
export const isReport = (entry: DistillLogEntry): entry is DistillReport => !("imagesPerSecond" in entry);

/** The metric of the best student so far; Infinity before the first report. */
export const bestOf = (log: readonly DistillLogEntry[], { metric }: DistillConfig): number =>
  log.filter(isReport).reduce((best, report) => Math.min(best, report[metric] ?? best), Number.POSITIVE_INFINITY);

export function writeDistillLog(folder: string, log: readonly DistillLogEntry[]): void {
  writeFileAtomically(join(folder, LOG), log.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
}
