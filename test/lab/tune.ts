/**
 * `npm run lab -- tune`: searches schedules, which set every step of a few-step sampler, for a number of evaluations by
 * the tuning classifier's FID, and measures the best on other seeds.
 */
import { join } from "node:path";
import { newCommand, numberIn, runCommandLine } from "../../training/cli/command-line.ts";
import { makeFolder, writeFileAtomically } from "../../training/cli/files.ts";
import { paddedSplit } from "../../training/network/split.ts";
import { gaussianStart } from "./gaussian-start.ts";
import { tuningReference } from "./judges.ts";
import { listOf } from "./lists.ts";
import { describeSchedule, drawnQuality, type MeasuringFlags, open, withMeasuringFlags, withSampling } from "./measuring.ts";
import { percent, realQuality } from "./quality.ts";
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
    .option("--candidates <n>", "schedules to measure for each number in --nfe", numberIn("candidates", 1, 1e6), 200)
    .option(
      "--gaussian-start",
      "images start from a Gaussian of the training images' mean colours, so schedules can begin with less noise",
      false,
    )
    .option("--out <folder>", `a folder for ${SCHEDULES} and the candidates, from which an interrupted search continues`, "runs/tune")
    .parse(process.argv);
  const flags = command.opts<TuneFlags>();
  const { nfe, seed, candidates, out } = flags;
  makeFolder(out);
  const opened = await open(command.args, flags);
  const { tf, models, dataset, count } = opened;
  const [model] = models;
  const reference = tuningReference(opened, flags.classifier);
  const start = flags.gaussianStart ? gaussianStart(paddedSplit(dataset.train, model.card), model.card.spec) : undefined;
  const schedules = [];
  for (const steps of nfe) {
    const ruler = { tf, reference, model, count, seed: `${seed}/search`, trials: join(out, `candidates-${steps}.jsonl`) };
    const schedule = await searchSchedule(ruler, steps, candidates, start);
    schedules.push(schedule);
    writeFileAtomically(join(out, SCHEDULES), `${JSON.stringify(schedules, null, 2)}\n`);
    const tuned = withSampling(model, drawnBy(schedule));
    const { fid, classAccuracy } = await drawnQuality(tf, reference, tuned, { count, seed });
    console.log(
      `on new seeds: FID ${fid.toFixed(3)}, class accuracy ${percent(classAccuracy)}, ${count} images, ${describeSchedule(schedule)}`,
    );
  }
  const { fid } = realQuality(reference, count);
  console.log(`real test images, ${count}: FID ${fid.toFixed(3)}; wrote ${join(out, SCHEDULES)}`);
});
