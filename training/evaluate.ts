/**
 * `anneal evaluate`: measures how well a model denoises held-out images at each noise level, whether it copies training
 * images, how various its images are and, with a classifier, how good they are.
 */
import { join } from "node:path";
import type { Denoise } from "../wasm-model/sampling/sampler.ts";
import { chooseBackend } from "./backend/index.ts";
import type { BackendName } from "./backend/step.ts";
import { backendOption, newVerb, numberIn, runCommandLine } from "./cli/command-line.ts";
import { makeFolder, writeFileAtomically } from "./cli/files.ts";
import { progress } from "./cli/progress.ts";
import { UserError } from "./cli/user-error.ts";
import { settingsOfCard } from "./data/conversion.ts";
import { expectFits, loadDataset } from "./data/load.ts";
import { alikePairs, describeAlike } from "./measure/alike.ts";
import { readClassifier } from "./measure/classifiers/file.ts";
import { drawImages, requestedClasses } from "./measure/images.ts";
import { describeMemorization, imagesToTest, memorization } from "./measure/memorization.ts";
import { openEvaluatedModel } from "./measure/model.ts";
import { describeQuality, MIN_COUNT, obstacle, qualityOf, realQuality, referenceOf } from "./measure/quality.ts";
import { heldOutLoss, heldOutTable } from "./network/held-out.ts";
import { classCountsOf, paddedSplit } from "./network/split.ts";
import { NEIGHBOURS } from "./train/folder.ts";

interface EvaluateFlags {
  readonly data?: string;
  readonly classifier?: string;
  readonly count: number;
  readonly seed: string;
  readonly backend: BackendName | "auto";
  readonly out: string;
}

await runCommandLine(async () => {
  const command = newVerb("evaluate")
    .description(
      "Measures a model's held-out denoising loss and its images: how near they come to training images, how many it takes until two look alike and, with a classifier, FID, class accuracy and Inception Score.",
    )
    .argument("<model.onnx>", "the model's file, int8 or fp32")
    .option("--data <folder>", "the images to compare with (default: a folder here that has the name of the training data)")
    .option("--classifier <file>", "the classifier of the data whose features compare the images")
    .option("--count <n>", "number of images, at most that of held-out ones", numberIn("count", MIN_COUNT, 1_000_000), 10_000)
    .option("--seed <text>", "image i has the seed {seed}/i", "evaluate")
    .addOption(backendOption("TensorFlow.js backend"))
    .option("--out <folder>", `where report.json and ${NEIGHBOURS} go`, "runs/evaluate")
    .parse(process.argv);
  const [file] = command.args;
  const flags = command.opts<EvaluateFlags>();
  const { seed, out } = flags;
  makeFolder(out);
  const { tf, describe } = await chooseBackend(flags.backend);
  console.log(describe);
  const model = await openEvaluatedModel(tf, file);
  const { card, precision } = model;
  const denoise: Denoise = (...input) => model.denoiser.denoise(...input);
  const dataset = await loadDataset(flags.data ?? card.training.data, settingsOfCard(card));
  expectFits(dataset, { ...card.spec, ...card.crop }, `the model \`${file}\``);
  const { train, test, name, labels } = dataset;
  const reason = obstacle(dataset);
  const hasNoUse = reason !== undefined && flags.classifier !== undefined;
  if (hasNoUse) throw new UserError(`Expected no \`classifier\` because ${reason}, but received "${flags.classifier}"`);
  const classifier = flags.classifier === undefined ? undefined : readClassifier(dataset, flags.classifier);

  console.log(`${card.name}, ${precision}, held-out loss over the ${test.count} test images of ${name}`);
  const bar = progress("held-out loss", test.count);
  const heldOut = await heldOutLoss(denoise, card.spec, paddedSplit(test, card), test.count, (done) => bar.update(done));
  bar.stop();
  console.log(heldOutTable(heldOut));

  const classCounts = classCountsOf(dataset);
  const tested = { seed, ...imagesToTest(classCounts) };
  const copies = await memorization(tf, dataset, await drawImages(model, tested), requestedClasses(tested));
  writeFileAtomically(join(out, NEIGHBOURS), copies.sheet);
  console.log(`${describeMemorization(copies, train.count)} See ${join(out, NEIGHBOURS)}.`);

  // Figures of two sets are comparable only if these have the same size.
  const imageSet = { seed, classCounts, count: Math.min(flags.count, train.count, test.count) };
  const drawn = progress("drawing", imageSet.count);
  const images = await drawImages(model, imageSet, (done) => drawn.update(done));
  drawn.stop();
  const alike = await alikePairs(tf, images, images.length / imageSet.count);
  console.log(describeAlike(imageSet.count, alike));
  const reference = classifier && referenceOf(tf, dataset, classifier);
  const quality = reference && {
    generated: qualityOf(tf, reference, images, requestedClasses(imageSet)),
    real: realQuality(reference, imageSet.count),
  };
  if (quality) console.log(describeQuality(quality.generated, quality.real, imageSet.count, labels));
  else
    console.log(
      `no FID and class accuracy: ${reason ?? "they need a `--classifier` of the data, which `npm run lab -- train-classifier` in a clone of the repository trains"}`,
    );

  const { distance, real: realDistance, closest } = copies;
  const report = {
    ...{ model: card.name, file, precision, data: name, ...imageSet, sampling: card.sampling, labels, heldOut },
    ...{ neighbours: { images: tested.count, distance, realDistance, closest }, alike, ...quality },
    ...(classifier && { classifier: { network: classifier.spec.network, testAccuracy: classifier.testAccuracy } }),
  };
  writeFileAtomically(join(out, "report.json"), `${JSON.stringify(report, null, 2)}\n`);
  console.log(`wrote ${join(out, "report.json")}`);
});
