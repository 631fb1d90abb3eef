/** `npm run lab -- evaluate`: how good a model's images are by a classifier of the data: FID and class accuracy. */
import { join } from "node:path";
import { runCommandLine } from "../../training/cli/command-line.ts";
import { makeFolder, writeFileAtomically } from "../../training/cli/files.ts";
import { drawImages } from "../../training/measure/images.ts";
import { classCountsOf } from "../../training/network/split.ts";
import { classifierPath, readClassifier } from "./classifiers.ts";
import { type MeasuringFlags, measuringCommand, open } from "./measuring.ts";
import { describeQuality, qualityOf, realQuality, referenceOf, requestedClasses } from "./quality.ts";

await runCommandLine(async () => {
  const command = measuringCommand("lab evaluate", { count: 10_000, seed: "evaluate" })
    .description("Measures FID and class accuracy of a model's images.")
    .option("--classifier <file>", "the classifier whose features compare the images (default: the data set's judging one)")
    .argument("<model.onnx>", "the model's file, or its folder")
    .option("--out <folder>", "where report.json goes", "runs/evaluate")
    .parse(process.argv);
  const [file] = command.args;
  const flags = command.opts<MeasuringFlags & { readonly classifier?: string; readonly out: string }>();
  const { seed, out } = flags;
  makeFolder(out);
  const { tf, models, dataset, count } = await open([file], flags);
  const [model] = models;
  const classifier = readClassifier(dataset, flags.classifier ?? classifierPath(dataset.name, "judging"));
  const reference = referenceOf(tf, dataset, classifier);
  const classes = requestedClasses(count, classCountsOf(dataset));
  const images = await drawImages(model, { seed, classes });
  const [generated, real] = [qualityOf(tf, reference, images, Uint16Array.from(classes)), realQuality(reference, count)];
  console.log(describeQuality(generated, real, count, dataset.labels));
  const { network, testAccuracy } = classifier;
  const report = {
    file,
    model: model.card.name,
    data: dataset.name,
    ...{ seed, count },
    generated,
    real,
    classifier: { network, testAccuracy },
  };
  writeFileAtomically(join(out, "report.json"), `${JSON.stringify(report, null, 2)}\n`);
  console.log(`wrote ${join(out, "report.json")}`);
});
