/** What the commands that measure models have in common: their flags, and what is opened before the work begins. */
import { type Command, Option } from "commander";
import { type BackendName, chooseBackend } from "../backend/index.ts";
import { backendOption, newVerb, numberIn, withJson } from "../cli/command-line.ts";
import { UserError } from "../cli/user-error.ts";
import type { VerbName } from "../cli/verbs.ts";
import type { Dataset } from "../data/dataset.ts";
import { expectFits, loadDataset } from "../data/load.ts";
import { givenSettings, type PictureFlags, settingsOfCard, withPictureFlags } from "../data/picture-settings.ts";
import type { Tf } from "../network/score-network.ts";
import { percent } from "../record/tables.ts";
import { classifierPath, readClassifier } from "./classifier-file.ts";
import { EVALUATION_RUNTIMES, type EvaluatedModel, type EvaluationRuntime, openEvaluatedModel } from "./evaluated-model.ts";
import { openReference, type Reference } from "./reference.ts";

export interface MeasuringFlags extends PictureFlags {
  readonly data?: string;
  readonly dataDir?: string;
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

/** Below it, sets of features have no covariance to speak of. */
export const MIN_COUNT = 128;

export function newMeasuringCommand(name: VerbName, defaultCount: number): Command {
  return withPictureFlags(withJson(newVerb(name)))
    .option("--data <name or path>", "the data set to hold the images against (default: the one that the model was trained on)")
    .option("--data-dir <folder>", "where the files of a named data set lie")
    .option("--classifier <file>", "the classifier, as `npx anneal train-classifier` writes it (default: the data set's own)")
    .option("--count <n>", "number of images", numberIn("count", MIN_COUNT, 1_000_000), defaultCount)
    .option("--seed <text>", "image i has the seed {seed}/i", "evaluate")
    .addOption(
      new Option("--runtime <name>", "what runs the network (default: simd for int8 models, tfjs for fp32 ones)").choices(
        EVALUATION_RUNTIMES,
      ),
    )
    .addOption(backendOption("what computes with TensorFlow.js"))
    .option("--card <folder>", "also put the figures into the model card (README.md) in this folder")
    .option("--cache <folder>", "where images and features are kept: a run that is cut off goes on", "runs/evaluate");
}

export interface Opened {
  readonly tf: Tf;
  readonly models: readonly EvaluatedModel[];
  readonly dataset: Dataset;
  /** Undefined for a data set that has no classifier. */
  readonly reference: Reference | undefined;
}

/** Opens the models, the data that they share and its reference. Throws a UserError for what does not fit. */
export async function open(files: readonly string[], flags: MeasuringFlags): Promise<Opened> {
  const { tf, describe } = await chooseBackend(flags.backend);
  console.log(describe);
  const models: EvaluatedModel[] = [];
  for (const file of files) models.push(await openEvaluatedModel(tf, file, flags.runtime));
  const dataset = await loadDataset(flags.data ?? models[0].card.training.data, {
    dataDir: flags.dataDir,
    pictures: givenSettings(flags),
    defaults: settingsOfCard(models[0].card),
  });
  for (const { file, card } of models) expectFits(dataset, { ...card.spec, ...card.crop }, `the model \`${file}\``);
  const classifier = readClassifier(dataset, flags.classifier);
  const reference = classifier && (await openReference(tf, dataset, classifier, flags.cache));
  if (reference && Math.abs(reference.testAccuracy - reference.classifier.record.testAccuracy) > ACCURACY_TOLERANCE) {
    throw new UserError(
      `Expected a classifier that is right on ${percent(reference.classifier.record.testAccuracy, 2)} of the test images, as its file says, for \`classifier\` but received one that is right on ${percent(reference.testAccuracy, 2)}`,
    );
  }
  return { tf, models, dataset, reference };
}

/** Backends round float sums differently: a handful of 10 000 images lie that close to a border. */
const ACCURACY_TOLERANCE = 0.001;

/** Why there are no figures but the loss, in one line. */
export const noClassifier = ({ name }: Dataset): string =>
  `no classifier of ${name} at ${classifierPath(name)}: \`npx anneal train-classifier --data ${name}\` trains one, \`--classifier\` names another`;

/** One line on what images are held against. */
export const describeReference = ({ dataset, testAccuracy }: Reference): string =>
  `reference: the ${dataset.train.count} training images of ${dataset.name}; features of its own classifier, which is right on ${percent(testAccuracy, 2)} of the ${dataset.test.count} test images`;
