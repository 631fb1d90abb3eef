/**
 * `npm run lab -- evaluate`: what `npx anneal evaluate` measures and, by a classifier of the data, how good the images
 * are: FID and class accuracy.
 */
import { join } from "node:path";
import { runCommandLine } from "../../training/cli/command-line.ts";
import { makeFolder, writeFileAtomically } from "../../training/cli/files.ts";
import { evaluation } from "../../training/measure/evaluation.ts";
import { NEIGHBOURS } from "../../training/run/end.ts";
import { classifierPath, readClassifier } from "./classifiers/file.ts";
import { type MeasuringFlags, measuringCommand, open } from "./measuring.ts";
import { describeQuality, qualityOf, realQuality, referenceOf } from "./quality.ts";

await runCommandLine(async () => {
  const command = measuringCommand("lab evaluate", { count: 10_000, seed: "evaluate" })
    .description("Measures a model as `npx anneal evaluate` does, and its FID and class accuracy.")
    .option("--classifier <file>", "the classifier whose features compare the images (default: the data set's judging one)")
    .argument("<model.onnx>", "the model's file, int8 or fp32")
    .option("--out <folder>", `where report.json and ${NEIGHBOURS} go`, "runs/evaluate")
    .parse(process.argv);
  const [file] = command.args;
  const flags = command.opts<MeasuringFlags & { readonly classifier?: string; readonly out: string }>();
  const { seed, out } = flags;
  makeFolder(out);
  const { tf, models, dataset, count } = await open([file], flags);
  const [model] = models;
  const classifier = readClassifier(dataset, flags.classifier ?? classifierPath(dataset.name, "judging"));
  const reference = referenceOf(tf, dataset, classifier);
  const { report, images, classes } = await evaluation({ tf, model, dataset, count, seed }, join(out, NEIGHBOURS));
  const [generated, real] = [qualityOf(tf, reference, images, classes), realQuality(reference, count)];
  console.log(describeQuality(generated, real, count, dataset.labels));
  const { spec, testAccuracy } = classifier;
  const all = { file, ...report, generated, real, classifier: { network: spec.network, testAccuracy } };
  writeFileAtomically(join(out, "report.json"), `${JSON.stringify(all, null, 2)}\n`);
  console.log(`wrote ${join(out, "report.json")}`);
});
