/** Shared by the commands that measure models: their flags, and opening models and data. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { MODEL_FILE } from "../../wasm-model/model/model.ts";
import { type BackendName, chooseBackend } from "../backend/index.ts";
import { backendOption, newVerb, numberIn, withJson } from "../cli/command-line.ts";
import { readRegularFile } from "../cli/files.ts";
import { UserError } from "../cli/user-error.ts";
import type { VerbName } from "../cli/verbs.ts";
import { type ConversionFlags, givenSettings, settingsOfCard, withConversionFlags } from "../data/conversion.ts";
import type { Dataset } from "../data/dataset.ts";
import { expectFits, loadDataset } from "../data/load.ts";
import type { Tf } from "../network/score-network.ts";
import { digest } from "./cache.ts";
import type { Purpose } from "./classifiers/classifier.ts";
import { classifierPath, readClassifier } from "./classifiers/file.ts";
import { type EvaluatedModel, type EvaluationRuntime, openEvaluatedModel, runtimeOption } from "./evaluated-model.ts";
import { CLASSIFIER_FLAGS, openReference, type Reference } from "./reference.ts";

export interface MeasuringFlags extends ConversionFlags {
  readonly data?: string;
  readonly classifier?: string;
  readonly judge?: string;
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

/**
 * `judged`: which classifier its figures come from. A command that chooses settings does not use the judging one, so
 * that its choice can still be judged. For the same reason its images have other seeds by default.
 */
export function newMeasuringCommand(name: VerbName, defaultCount: number, judged: "judged" | "by the tuning classifier"): Command {
  const command = withConversionFlags(withJson(newVerb(name)))
    .option("--data <folder>", "the images to compare with (default: where the model's training data were)")
    .option("--classifier <file>", "the tuning classifier, as `npx anneal train-classifier` writes it (default: the data set's own)")
    .option("--count <n>", "number of images, at most that of held-out ones", numberIn("count", MIN_COUNT, 1_000_000), defaultCount)
    .option("--seed <text>", "image i has the seed {seed}/i", judged === "judged" ? "evaluate" : name)
    .addOption(runtimeOption())
    .addOption(backendOption("TensorFlow.js backend"))
    .option("--card <folder>", "also put the figures into the model card (README.md) in this folder")
    .option("--cache <folder>", "where images and features are cached; an interrupted run continues from them", "runs/evaluate");
  if (judged !== "judged") return command;
  const doc = "the judging classifier, as `npx anneal train-classifier --network deep` writes it (default: the data set's own)";
  return command.option("--judge <file>", doc);
}

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
 * The reference with the data's classifier for that purpose; undefined if the data have none. Throws a UserError if one
 * is given for data that none can compare.
 */
export async function referenceFor<P extends Purpose>(
  { tf, dataset }: Opened,
  purpose: P,
  { judge, classifier: tuning, cache }: Pick<MeasuringFlags, "judge" | "classifier" | "cache">,
): Promise<Reference<P> | undefined> {
  const given = purpose === "judging" ? judge : tuning;
  const reason = obstacle(dataset);
  if (reason !== undefined) {
    if (given === undefined) return undefined;
    throw new UserError(`Expected no \`${CLASSIFIER_FLAGS[purpose]}\` because ${reason}, but received "${given}"`);
  }
  const classifier = readClassifier(dataset, purpose, given);
  return classifier && openReference(tf, dataset, classifier, cache);
}

/** The same, but throws a UserError if there is none. */
export async function expectReference<P extends Purpose>(
  opened: Opened,
  purpose: P,
  flags: Pick<MeasuringFlags, "judge" | "classifier" | "cache">,
): Promise<Reference<P>> {
  const reference = await referenceFor(opened, purpose, flags);
  if (!reference) throw new UserError(noClassifier(opened.dataset, purpose));
  return reference;
}

/** One line that says why there are no figures of a classifier. */
export function noClassifier(dataset: Dataset, purpose: Purpose): string {
  const reason = obstacle(dataset);
  if (reason !== undefined) return `no FID, precision, recall and class accuracy: ${reason}`;
  const { name } = dataset;
  const network = purpose === "judging" ? " --network deep" : "";
  return `no ${purpose} classifier of ${name} at ${classifierPath(name, purpose)}: \`npx anneal train-classifier --data ${name}${network}\` trains one, \`--${CLASSIFIER_FLAGS[purpose]}\` names another`;
}
