/**
 * `npm run lab -- tune`: searches schedules, which set every step of a few-step sampler, for a number of evaluations by
 * the tuning classifier's FID, and measures the best on other seeds.
 */
import { join } from "node:path";
import { numberIn, runCommandLine } from "../../training/cli/command-line.ts";
import { makeFolder, writeFileAtomically } from "../../training/cli/files.ts";
import { tuningReference } from "./judges.ts";
import { describeSchedule, drawnQuality, type MeasuringFlags, measuringCommand, open, withSampling } from "./measuring.ts";
import { percent, realQuality } from "./quality.ts";
import { drawnBy, searchSchedule } from "./schedule-search.ts";

interface TuneFlags extends MeasuringFlags {
  readonly classifier?: string;
  readonly nfe: readonly number[];
  readonly candidates: number;
  readonly out: string;
}

const SCHEDULES = "schedules.json";

await runCommandLine(async () => {
  const command = measuringCommand("lab tune", { count: 2000, seed: "tune" })
    .argument("<model.onnx>", "the model's file")
    .option("--classifier <file>", "the tuning classifier (default: the data set's own)")
    .requiredOption("--nfe <list>", "numbers of evaluations, between commas", (text) => text.split(",").map(numberIn("nfe", 1, 16)))
    .option("--candidates <n>", "schedules to measure for each number in --nfe", numberIn("candidates", 1, 1e6), 200)
    .option("--out <folder>", `a folder for ${SCHEDULES} and the candidates, from which an interrupted search continues`, "runs/tune")
    .parse(process.argv);
  const flags = command.opts<TuneFlags>();
  const { nfe, seed, candidates, out } = flags;
  makeFolder(out);
  const opened = await open(command.args, flags);
  const { tf, models, count } = opened;
  const [model] = models;
  const reference = tuningReference(opened, flags.classifier);
  const schedules = [];
  for (const steps of nfe) {
    const ruler = { tf, reference, model, count, seed: `${seed}/search`, trials: join(out, `candidates-${steps}.jsonl`) };
    const schedule = await searchSchedule(ruler, steps, candidates);
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
