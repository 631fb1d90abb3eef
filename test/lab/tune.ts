/**
 * `npm run lab -- tune`: searches schedules, which set every step of a few-step sampler, for a number of evaluations by
 * the tuning classifier's FID, and measures the best on other seeds.
 */
import { join } from "node:path";
import { listOf, newCommand, numberIn, runCommandLine } from "../../training/cli/command-line.ts";
import { makeFolder, writeFileAtomically } from "../../training/cli/files.ts";
import { paddedSplit } from "../../training/data/dataset.ts";
import { type MeasuringFlags, open, withMeasuringFlags } from "../../training/measure/command.ts";
import { qualityOf } from "../../training/measure/measure.ts";
import { realFid, recordedReference } from "../../training/measure/reference.ts";
import { describeSettings, drawSettings } from "../../training/record/settings.ts";
import { describeReference, percent } from "../../training/record/tables.ts";
import { gaussianStart } from "./gaussian-start.ts";
import { expectReference } from "./judges.ts";
import { drawnBy, searchSchedule } from "./schedule-search.ts";

interface TuneFlags extends MeasuringFlags {
  readonly nfe: readonly number[];
  readonly candidates: number;
  readonly gaussianStart: boolean;
  readonly out: string;
}

const SCHEDULES = "schedules.json";

await runCommandLine(async () => {
  const command = withMeasuringFlags(newCommand("lab tune"), { count: 2000, seed: "tune" })
    .argument("<model.onnx>", "the model's file")
    .requiredOption("--nfe <list>", "numbers of evaluations", listOf("nfe", numberIn("nfe", 1, 16)))
    .option("--classifier <file>", "the tuning classifier (default: the data set's own)")
    .option("--candidates <n>", "schedules to measure for each number in --nfe", numberIn("candidates", 1, 1e6), 200)
    .option(
      "--gaussian-start",
      "images start from a Gaussian of the training images' mean colours, so schedules can begin with less noise",
      false,
    )
    .option("--out <folder>", `where ${SCHEDULES} goes`, "runs/tune")
    .parse(process.argv);
  const flags = command.opts<TuneFlags>();
  const { nfe, seed, cache, candidates, out } = flags;
  makeFolder(out);
  const opened = await open([command.args[0]], flags);
  const { tf, models, dataset, count } = opened;
  const [model] = models;
  const { card } = model;
  const reference = await expectReference(opened, "tuning", flags.classifier, cache);
  console.log(describeReference(recordedReference(reference)));
  const start = flags.gaussianStart ? gaussianStart(paddedSplit(dataset.train, card), card.spec) : undefined;
  const schedules = [];
  for (const steps of nfe) {
    const ruler = { tf, reference, model, cache, count, seed: `${seed}/search` };
    const schedule = await searchSchedule(ruler, steps, candidates, start);
    schedules.push(schedule);
    writeFileAtomically(join(out, SCHEDULES), `${JSON.stringify(schedules, null, 2)}\n`);
    const settings = drawSettings(card, drawnBy(schedule));
    const { fid, classAccuracy } = await qualityOf(tf, reference, model, { settings, count, seed }, cache);
    console.log(
      `on new seeds: FID ${fid.toFixed(3)}, class accuracy ${percent(classAccuracy)}, ${count} images, ${describeSettings(settings)}`,
    );
  }
  const real = realFid(reference, count);
  console.log(`real test images, ${real.count}: FID ${real.fid.toFixed(3)}; wrote ${join(out, SCHEDULES)}`);
});
