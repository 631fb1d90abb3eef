/** Shared by the commands that measure models: their flags, and opening models and data. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { MODEL_FILE } from "../../wasm-model/model/model.ts";
import { type BackendName, chooseBackend } from "../backend/index.ts";
import { backendOption, numberIn, withJson } from "../cli/command-line.ts";
import { readRegularFile } from "../cli/files.ts";
import { UserError } from "../cli/user-error.ts";
import { type ConversionFlags, givenSettings, settingsOfCard, withConversionFlags } from "../data/conversion.ts";
import type { Dataset } from "../data/dataset.ts";
import { expectFits, loadDataset } from "../data/load.ts";
import type { Tf } from "../network/score-network.ts";
import { digest } from "./cache.ts";
import type { Purpose } from "./classifiers/classifier.ts";
import { readClassifier } from "./classifiers/file.ts";
import { type EvaluatedModel, type EvaluationRuntime, openEvaluatedModel, runtimeOption } from "./evaluated-model.ts";
import { openReference, type Reference } from "./reference.ts";

export interface MeasuringFlags extends ConversionFlags {
  readonly data?: string;
  readonly classifier?: string;
  readonly count: number;
  readonly seed: string;
  readonly runtime?: EvaluationRuntime;
  readonly backend: BackendName | "auto";
  readonly cache: string;
  readonly card?: string;
  readonly out?: string;
  readonly json: boolean;
}

/** With fewer images the features' covariance would be meaningless. */
export const MIN_COUNT = 128;

/** Adds the flags of a command that measures models. `seed`: that of its images. */
export const withMeasuringFlags = (command: Command, { count, seed }: { readonly count: number; readonly seed: string }): Command =>
  withConversionFlags(withJson(command))
    .option("--data <folder>", "the images to compare with (default: a folder here that has the name of the training data)")
    .option("--count <n>", "number of images, at most that of held-out ones", numberIn("count", MIN_COUNT, 1_000_000), count)
    .option("--seed <text>", "image i has the seed {seed}/i", seed)
    .addOption(runtimeOption())
    .addOption(backendOption("TensorFlow.js backend"))
    .option("--card <folder>", "also put the figures into the model card (README.md) in this folder")
    .option("--cache <folder>", "where images and features are cached; an interrupted run continues from them", "runs/evaluate");

export interface Opened {
  readonly tf: Tf;
  readonly models: readonly EvaluatedModel[];
  readonly dataset: Dataset;
  /** Images to draw: as many as asked for, but no more than there are held-out ones, which they are compared with. */
  readonly count: number;
}

/** Figures of two sets are comparable only if these have the same size. */
export function countFor({ train, test, name }: Pick<Dataset, "train" | "test" | "name">, asked: number): number {
  const most = Math.min(train.count, test.count);
  if (asked <= most) return asked;
  console.log(`${most} images instead of ${asked}: as many as ${name} has held-out ones, which are measured beside them`);
  return most;
}

/** Opens the models and their common data. Throws a UserError if they do not fit together. */
export async function open(files: readonly string[], flags: MeasuringFlags): Promise<Opened> {
  const { tf, describe } = await chooseBackend(flags.backend);
  console.log(describe);
  const models: EvaluatedModel[] = [];
  for (const file of files) models.push(await openEvaluatedModel(tf, file, flags.runtime));
  if (flags.card !== undefined) for (const model of models) expectFileOf(flags.card, model);
  const dataset = await loadDataset(flags.data ?? models[0].card.training.data, {
    pictures: givenSettings(flags),
    defaults: settingsOfCard(models[0].card),
  });
  for (const { file, card } of models) expectFits(dataset, { ...card.spec, ...card.crop }, `the model \`${file}\``);
  return { tf, models, dataset, count: countFor(dataset, flags.count) };
}

/** Throws a UserError for figures that would be put into the card of another model. */
function expectFileOf(folder: string, { file, hash }: EvaluatedModel): void {
  const own = [MODEL_FILE, "model-fp32.onnx"].map((name) => join(folder, name)).filter((path) => existsSync(path));
  if (own.some((path) => digest(readRegularFile(path)) === hash)) return;
  throw new UserError(`Expected the folder of "${file}" for \`card\` but received \`${folder}\`, which holds other models`);
}

/**
 * Why no classifier's features can compare images of the data; undefined if they can. A classifier of one class has
 * learned nothing: its features are random, though all images are of the class that it names.
 */
export function obstacle({ name, labels, train, test }: Pick<Dataset, "name" | "labels" | "train" | "test">): string | undefined {
  if (labels.length < 2) return `${name} has one class, so a classifier has nothing to learn and its features say nothing`;
  const count = Math.min(train.count, test.count);
  if (count < MIN_COUNT) return `${name} has ${count} held-out images, and features are compared by ${MIN_COUNT} or more`;
  return undefined;
}

/**
 * The reference by the classifier in a file; undefined without one. Throws a UserError if one is given for data that
 * none can compare, or if it is not of the `purpose` that is asked for.
 */
export async function referenceFor(
  { tf, dataset }: Pick<Opened, "tf" | "dataset">,
  file: string | undefined,
  cache: string,
  purpose?: Purpose,
): Promise<Reference | undefined> {
  if (file === undefined) return undefined;
  const reason = obstacle(dataset);
  if (reason !== undefined) throw new UserError(`Expected no \`classifier\` because ${reason}, but received "${file}"`);
  return openReference(tf, dataset, readClassifier(dataset, file, purpose), cache);
}

/** One line that says why there are no figures of a classifier. */
export const noClassifier = (dataset: Dataset): string =>
  `no FID, precision, recall and class accuracy: ${obstacle(dataset) ?? "they need a `--classifier` of the data, which `npm run lab -- train-classifier` in a clone of the repository trains"}`;
