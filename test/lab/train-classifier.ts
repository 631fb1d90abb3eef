/** `npm run lab -- train-classifier`: trains a classifier of a data set's images and reports its accuracy on test images. */
import { dirname } from "node:path";
import { setImmediate } from "node:timers/promises";
import { Option } from "commander";
import { chooseBackend } from "../../training/backend/index.ts";
import type { BackendName } from "../../training/backend/step.ts";
import { backendOption, newCommand, numberIn, runCommandLine } from "../../training/cli/command-line.ts";
import { expectWritable, makeFolder, writeFileAtomically } from "../../training/cli/files.ts";
import { progress } from "../../training/cli/progress.ts";
import { UserError } from "../../training/cli/user-error.ts";
import { type ConversionFlags, givenSettings, withConversionFlags } from "../../training/data/conversion.ts";
import type { Dataset } from "../../training/data/dataset.ts";
import { loadDataset } from "../../training/data/load.ts";
import { trainClassifier } from "./classifier-training.ts";
import { CLASSIFIERS, type ClassifierName, classifierSpec } from "./classifiers/classifier.ts";
import { accuracy, classify, predictions } from "./classifiers/classify.ts";
import { type Classifier, encodeClassifier, readClassifier, roundedWeights } from "./classifiers/file.ts";
import { classifierPath, purposeOf } from "./judges.ts";

interface TrainClassifierFlags extends ConversionFlags {
  readonly data: string;
  readonly network: ClassifierName;
  readonly init?: string;
  readonly learningRate: number;
  readonly images: number;
  readonly shift?: number;
  readonly mirror: boolean;
  readonly rotate: number;
  readonly zoom: number;
  readonly erase: boolean;
  readonly seed: string;
  readonly out?: string;
  readonly backend: BackendName | "auto";
}

function commandLine(argv: readonly string[]): TrainClassifierFlags {
  return withConversionFlags(newCommand("lab train-classifier"))
    .description("Trains a classifier for the measurements of `npm run lab -- evaluate`.")
    .requiredOption("--data <folder>", "the images")
    .addOption(
      new Option(
        "--network <name>",
        "shape of the classifier: small for drawings, large for photographs, deep for a judging one (which `tune` refuses)",
      )
        .choices(Object.keys(CLASSIFIERS))
        .default("small"),
    )
    .option("--init <file>", "continue training this classifier of the same data and shape; use a --learning-rate of about 0.002")
    .option("--learning-rate <x>", "peak learning rate", numberIn("learning-rate", 1e-6, 1, "any"), 1e-2)
    .option("--images <n>", "training images, with repetition", numberIn("images", 128, 1e9), 900_000)
    .option(
      "--shift <pixels>",
      "largest shift of an image each way (default: 1; a judging classifier takes only 0)",
      numberIn("shift", 0, 16),
    )
    .option("--mirror", "also learn from mirrored images: right for garments, wrong for digits", false)
    .option("--rotate <degrees>", "also learn from images rotated by up to this angle, either way", numberIn("rotate", 0, 45, "any"), 0)
    .option("--zoom <share>", "also learn from images scaled up or down by up to this share", numberIn("zoom", 0, 0.5, "any"), 0)
    .option("--erase", "also learn from images with an erased square", false)
    .option("--seed <text>", "seed of the weights and of everything random", "classifier")
    .option("--out <file>", "where the weights go (default: test/lab/judges)")
    .addOption(backendOption())
    .parse(argv)
    .opts<TrainClassifierFlags>();
}

/** The classifier whose training continues, if one is given. Throws a UserError if its shape differs. */
function earlier(dataset: Dataset, { init, network }: TrainClassifierFlags): Classifier | undefined {
  if (init === undefined) return undefined;
  const classifier = readClassifier(dataset, init);
  if (classifier.spec.network === network) return classifier;
  throw new UserError(`Expected a classifier of shape ${network} for \`init\` but received ${classifier.spec.network}`);
}

/**
 * Throws a UserError for a judging classifier that would be trained with shifts. Tuning classifiers are
 * trained so, and it should not share their blind spots.
 */
function expectOwnAugmentation({ network, shift = 0 }: TrainClassifierFlags): void {
  if (purposeOf(network) === "tuning" || shift === 0) return;
  throw new UserError(`Expected 0 for \`shift\` of a judging classifier but received ${shift}`);
}

/** Checked before the training starts. */
function expectFolder(folder: string): void {
  try {
    makeFolder(folder);
    expectWritable(folder);
  } catch (error) {
    throw new UserError(`Expected a file in a folder that can be written for \`out\` but ${(error as Error).message}`);
  }
}

await runCommandLine(async () => {
  const flags = commandLine(process.argv);
  const { data, network, learningRate, images, mirror, rotate, zoom, erase, seed, backend } = flags;
  const dataset = await loadDataset(data, givenSettings(flags));
  if (dataset.labels.length < 2) {
    throw new UserError(`Expected images of two classes (sub-folders) or more for \`data\` but received one, "${dataset.labels[0]}"`);
  }
  const { out = classifierPath(dataset.name, purposeOf(network)), shift = purposeOf(network) === "judging" ? 0 : 1 } = flags;
  expectOwnAugmentation(flags);
  expectFolder(dirname(out));
  const init = earlier(dataset, flags);
  const chosen = await chooseBackend(backend);
  const { tf, describe } = chosen;
  console.log(describe);
  const bar = progress("training", images);
  const trained = await trainClassifier(chosen, dataset, {
    ...{ network, init: init?.weights, learningRate, images, shift, mirror, rotate, zoom, erase, seed },
    onProgress: async (seen, loss) => {
      bar.update(Math.min(seen, images), `loss ${loss.toFixed(4)}`);
      await setImmediate();
    },
  });
  bar.stop();
  const spec = classifierSpec(dataset, network);
  const weights = roundedWeights(spec, trained);
  const { probabilities } = classify(tf, { spec, weights }, dataset.test.images());
  const testAccuracy = accuracy(predictions(probabilities, spec.classes), dataset.test.labels);
  console.log(`accuracy on the ${dataset.test.count} test images of ${dataset.name}: ${(100 * testAccuracy).toFixed(2)} %`);
  const file = encodeClassifier(spec, weights, {
    ...{ data: dataset.name, testAccuracy, images, from: flags.init ?? "nothing", seed, shift, mirror, rotate, zoom, erase },
  });
  writeFileAtomically(out, file);
  console.log(`wrote ${out}, ${(file.length / 1000).toFixed(0)} kB`);
});
