/**
 * `anneal evaluate`: measures how good a model's images are, and how well it denoises held-out images at each noise
 * level.
 */
import { join } from "node:path";
import { OPTIONS } from "../wasm-model/index.ts";
import { newVerb, numberIn, printJson, runCommandLine } from "./cli/command-line.ts";
import { makeFolder, writeFileAtomically } from "./cli/files.ts";
import { logLogPlot } from "./cli/plots.ts";
import { SAMPLING_FLAGS } from "./cli/sampling-flags.ts";
import { classCountsOf } from "./data/dataset.ts";
import { commandOf } from "./export/run-record.ts";
import { alikePairs, describeAlike } from "./measure/alike.ts";
import { type MeasuringFlags, noClassifier, open, referenceFor, withMeasuringFlags } from "./measure/command.ts";
import { cachedHeldOutLoss } from "./measure/evaluated-model.ts";
import { drawnImages, imageFolder, requestedClasses } from "./measure/images.ts";
import { measureSets } from "./measure/measure.ts";
import { describeMemorization, imagesToTest, memorization } from "./measure/memorization.ts";
import { recordedReference } from "./measure/reference.ts";
import { heldOutTable } from "./network/held-out.ts";
import { expectCard, updateCard, withEntry } from "./record/card-section.ts";
import { type Changes, describeSettings, drawSettings, REQUEST_ONLY, recordedSettings } from "./record/settings.ts";
import { classRows, describeImages, describeReference, figureRows, nearestRatio, textTable } from "./record/tables.ts";
import { NEIGHBOURS } from "./train/folder.ts";

type EvaluateFlags = MeasuringFlags & Changes & { readonly repeat: number };

const COUNT = 10_000;

function commandLine(argv: readonly string[]): { file: string; flags: EvaluateFlags } {
  const command = withMeasuringFlags(newVerb("evaluate"), { count: COUNT, seed: "evaluate" })
    .description(
      "Measures a model's held-out denoising loss and its images: how near they come to training images and, with a classifier, FID, precision, recall, class accuracy and Inception Score.",
    )
    .argument("<model.onnx>", "the model's file, int8 or fp32")
    .option("--classifier <file>", "the classifier of the data whose features compare the images");
  for (const name of ["sampler", ...REQUEST_ONLY] as const) command.option(`--${name} <${name}>`, OPTIONS[name].doc);
  for (const { flag, doc, parse } of SAMPLING_FLAGS) command.option(`--${flag} <x>`, doc, parse);
  command.option("--repeat <n>", "measure this many sets of images; the second has the seeds {seed}-2/i", numberIn("repeat", 1, 100), 1);
  command.option("--out <folder>", "where report.json and loss.svg go (default: beside the images in --cache)").parse(argv);
  return { file: command.args[0], flags: command.opts<EvaluateFlags>() };
}

await runCommandLine(async () => {
  const { file, flags } = commandLine(process.argv);
  const { data, classifier, count: _, seed, repeat, runtime, backend, cache, card: cardFolder, out, json, ...changes } = flags;
  if (cardFolder !== undefined) expectCard(cardFolder);
  if (out !== undefined) makeFolder(out);
  const opened = await open([file], flags);
  const { tf, models, dataset, count } = opened;
  const [model] = models;
  const { card, precision } = model;
  const settings = drawSettings(card, changes);
  const seeds = Array.from({ length: repeat }, (_, i) => (i === 0 ? seed : `${seed}-${i + 1}`));

  const reference = await referenceFor(opened, classifier, cache);
  const imageSet = { settings, count, seed, classCounts: classCountsOf(dataset) };
  const measurement = reference && (await measureSets(tf, reference, model, imageSet, seeds, cache));
  const images = measurement && {
    ...{ settings: recordedSettings(settings), count, seed, reference: recordedReference(reference) },
    ...{ generated: measurement.generated, real: measurement.real },
    ...{ accuracyByClass: [...measurement.accuracyByClass], imagesByClass: [...measurement.imagesByClass] },
    ...(seeds.length > 1 && {
      sets: seeds.map((one, i) => ({ seed: one, generated: measurement.sets[i] })),
    }),
  };
  const quality = [
    `${card.name}, ${precision}, run by ${model.runtime}`,
    ...(images
      ? [
          describeSettings(settings),
          describeImages(images).replaceAll("`", ""),
          describeReference(images.reference),
          `\n${textTable(figureRows(images))}`,
          `\n${textTable(classRows(images, card.labels))}\n`,
        ]
      : [noClassifier(dataset)]),
  ].join("\n");
  console.log(quality);
  const losses = await cachedHeldOutLoss(model, dataset, cache);
  const heldOut = `held-out loss of ${card.name} over the ${dataset.test.count} test images of ${dataset.name}\n${heldOutTable(losses)}`;
  console.log(heldOut);

  const folder = out ?? imageFolder(cache, model, imageSet);
  makeFolder(folder);
  const tested = { ...imageSet, ...imagesToTest(imageSet.classCounts) };
  const testedImages = await drawnImages(imageFolder(cache, model, tested), model, tested);
  const found = await memorization(tf, dataset, testedImages, requestedClasses(tested.count, card, tested.classCounts));
  writeFileAtomically(join(folder, NEIGHBOURS), found.sheet);
  console.log(`${describeMemorization(found, dataset.train.count)}: see ${join(folder, NEIGHBOURS)}`);
  const drawn = await drawnImages(imageFolder(cache, model, imageSet), model, imageSet);
  const pairs = await alikePairs(tf, drawn, drawn.length / count);
  console.log(describeAlike(count, pairs));
  const report = {
    ...{ model: card.name, file, hash: model.hash, precision, runtime: model.runtime, data: dataset.name, count, seed, ...settings },
    ...(measurement && {
      ...measurement,
      sets: images?.sets,
      nearestPixelsRatio: nearestRatio(measurement, "nearestPixels"),
      nearestFeaturesRatio: nearestRatio(measurement, "nearestFeatures"),
      classifier: reference.classifier.record,
    }),
    heldOut: losses,
    neighbours: { pictures: tested.count, distance: found.distance, realDistance: found.real, closest: found.closest },
  };
  writeFileAtomically(join(folder, "report.json"), `${JSON.stringify(report, null, 2)}\n`);
  const points = losses.map(({ sigma, loss }) => [sigma, loss] as const);
  const plot = { title: "Held-out loss", x: "sigma", y: "weighted loss", series: [{ name: `${card.name}, ${precision}`, points }] };
  writeFileAtomically(join(folder, "loss.svg"), logLogPlot(plot));
  if (cardFolder !== undefined) {
    const command = commandOf("evaluate", process.argv.slice(2));
    const entry = { command, precision, runtime: model.runtime, ...(images && { images }), heldOut: losses };
    updateCard(cardFolder, (record) => ({ ...record, quality: withEntry(record.quality, entry) }));
  }
  console.log(`wrote ${join(folder, "report.json")} and loss.svg`);
  printJson({ json }, report);
});
