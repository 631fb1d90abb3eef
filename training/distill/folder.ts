/**
 * The folder of a distillation (run/folder.ts). It also holds teacher-fp32.onnx, student-fp32.onnx (the best student so
 * far) and, if they were given, init-fp32.onnx and feature-classifier.safetensors.
 */
import { type ModelContents, writeModel } from "../../wasm-model/model/onnx/writer.ts";
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import { writeFileAtomically } from "../cli/files.ts";
import { readFp32Model } from "../cli/model-files.ts";
import type { Dataset } from "../data/dataset.ts";
import { arraysOf, type StateFormat, type TrainingState, tensorsOf } from "../learning/checkpoint.ts";
import type { NamedTensor } from "../learning/safetensors.ts";
import { type Classifier, classifierAt, encodeClassifier } from "../measure/classifiers/file.ts";
import { type AtStep, isReport, RunFolder, type SpeedLine } from "../run/folder.ts";
import { type DistillConfig, type MetricName, parseDistillConfig } from "./config.ts";
import type { Population } from "./frechet.ts";

/** A line of log.jsonl. `step` counts from 1; the report at step 0 is of the initial weights. */
export type DistillLogEntry = SpeedLine | DistillReport;

/** Contains the metric that the configuration names. */
export interface DistillReport extends AtStep, Readonly<Partial<Record<MetricName, number>>> {
  /** Present beside FID. */
  readonly classAccuracy?: number;
  /**
   * Present beside the kernel distance, except in runs of earlier versions: the distance in features that choose
   * nothing.
   */
  readonly independentDistance?: number;
  /** The distances that make up the student's loss, relative to those at the start. */
  readonly distances?: readonly number[];
}

/** The report of the best student so far; undefined before the first one. */
export const bestReport = (log: readonly DistillLogEntry[], { metric }: DistillConfig): DistillReport | undefined =>
  log.filter(isReport).toSorted((a, b) => (a[metric] ?? Number.POSITIVE_INFINITY) - (b[metric] ?? Number.POSITIVE_INFINITY))[0];

/** The metric of the best student so far; Infinity before the first report. */
export const bestOf = (log: readonly DistillLogEntry[], config: DistillConfig): number =>
  bestReport(log, config)?.[config.metric] ?? Number.POSITIVE_INFINITY;

export type DistillationRun = RunFolder<DistillConfig, DistillLogEntry>;

const [TEACHER, INIT, FEATURE_CLASSIFIER] = ["teacher-fp32.onnx", "init-fp32.onnx", "feature-classifier.safetensors"];
export const STUDENT = "student-fp32.onnx";

export const distillationRun = (folder: string): DistillationRun =>
  new RunFolder(folder, { name: "distillation", parse: parseDistillConfig });

/** The networks that a distillation is given. */
export interface Networks {
  readonly teacher: ModelContents;
  /** The model that the student starts from, if not the teacher. */
  readonly init?: ModelContents | undefined;
  readonly featureClassifier?: Classifier<"tuning"> | undefined;
}

/** Creates the folder: all of it or nothing. Throws a UserError unless it is new or empty. */
export function createDistillation(folder: string, config: DistillConfig, { teacher, init, featureClassifier }: Networks): void {
  distillationRun(folder).create(config, (staging) => {
    writeFileAtomically(staging.file(TEACHER), writeModel(teacher));
    if (init) writeFileAtomically(staging.file(INIT), writeModel(init));
    if (featureClassifier) writeFileAtomically(staging.file(FEATURE_CLASSIFIER), encodeClassifier(featureClassifier));
  });
}

export interface OpenDistillation {
  readonly run: DistillationRun;
  readonly config: DistillConfig;
  readonly dataset: Dataset;
  readonly networks: Networks;
}

/**
 * The content of a distillation's folder; `load` loads the data that its configuration names. Throws a UserError if
 * there is no distillation.
 */
export async function readDistillation(folder: string, load: (config: DistillConfig) => Promise<Dataset>): Promise<OpenDistillation> {
  const run = distillationRun(folder);
  const config = run.readConfig();
  const dataset = await load(config);
  const networks = {
    teacher: readFp32Model(run.file(TEACHER), "the run's teacher"),
    ...(config.init && { init: readFp32Model(run.file(INIT), "the run's first student") }),
    ...(config.featureClassifier && { featureClassifier: classifierAt(dataset, "tuning", run.file(FEATURE_CLASSIFIER)) }),
  };
  return { run, config, dataset, networks };
}

export interface DistillState extends AtStep {
  readonly student: TrainingState;
  /** The running populations, and each part's distance at the start. */
  readonly populations: readonly Population[];
  readonly scales: readonly number[];
}

const POPULATION = ["mean", "square", "classCounts", "classMeans"] as const;

export const distillationFormat = (spec: NetworkSpec): StateFormat<DistillState> => ({
  encode({ student, populations, scales }) {
    const tensors = new Map(tensorsOf(spec, student, "student/"));
    for (const [p, population] of populations.entries()) {
      for (const name of POPULATION) tensors.set(`population/${p}/${name}`, packed(population[name]));
    }
    const counts = populations.map(({ count }) => count);
    return { tensors, metadata: { step: String(student.step), counts: JSON.stringify(counts), scales: JSON.stringify(scales) } };
  },
  decode({ tensors, metadata: { step, counts, scales } }) {
    if (step === undefined || counts === undefined) throw new Error("it is not a distillation's");
    const populationAt = (p: number, count: number): Population => {
      const [mean, square, classCounts, classMeans] = POPULATION.map((name) => unpacked(tensors.get(`population/${p}/${name}`)));
      return { count, mean, square, classCounts, classMeans };
    };
    return {
      step: Number(step),
      student: { step: Number(step), ...arraysOf(spec, tensors, "student/") },
      populations: (JSON.parse(counts) as number[]).map((count, p) => populationAt(p, count)),
      scales: JSON.parse(scales),
    };
  },
});

/** Stores float64 numbers in a file of float32: the bytes of each become two numbers. */
function packed(values: Float64Array): NamedTensor {
  const pairs = new Float32Array(Uint8Array.from(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)).buffer);
  return { shape: [pairs.length], values: pairs };
}

function unpacked(tensor: NamedTensor | undefined): Float64Array {
  if (tensor === undefined) throw new Error("it lacks a population");
  const { buffer, byteOffset, byteLength } = tensor.values;
  return new Float64Array(Uint8Array.from(new Uint8Array(buffer, byteOffset, byteLength)).buffer);
}
