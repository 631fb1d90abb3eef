/**
 * `npm run tune`: FID of every combination of sampling settings, best first: what a model's defaults are chosen by. With `--nfe` it searches instead: settings of their own for
 * every step of a sampler of few steps.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { OPTIONS } from "../wasm-model/index.ts";
import type { Ramp } from "../wasm-model/ramp.ts";
import { numberIn, rampIn, runCommandLine } from "./command-line.ts";
import { readCardPage, writeCardSection } from "./evaluate/card-section.ts";
import { describeReference, type MeasuringFlags, MIN_COUNT, newMeasuringCommand, noClassifier, open } from "./evaluate/command.ts";
import { floor, type Reference } from "./evaluate/reference.ts";
import { gridSchedule, scheduleQuality, searchSchedule, type Trial } from "./evaluate/schedule-search.ts";
import { ranked } from "./evaluate/search.ts";
import { type Changes, describeSettings } from "./evaluate/settings.ts";
import type { Subject } from "./evaluate/subject.ts";
import { textTable } from "./evaluate/tables.ts";
import { listOf } from "./lists.ts";
import { describeSchedule, readSchedules } from "./schedule.ts";
import type { Tf } from "./score-network.ts";
import { UserError } from "./user-error.ts";
import { writeFileAtomically } from "./write-file.ts";

/** What can be tuned, with the bounds of a model's card. */
const TUNABLE = {
  steps: { parse: numberIn("steps", 1, OPTIONS.steps.domain.max), doc: "numbers of noise levels" },
  churn: {
    parse: rampIn("churn", 0, 1),
    doc: "shares of fresh noise per step, each one number or the first step's and the last one's (0.9:0.6)",
  },
  extrapolation: { parse: rampIn("extrapolation", 0, 10), doc: "weights of the extrapolated denoised image, likewise" },
  sigmaMin: { parse: numberIn("sigma-min", 1e-6, 1e6, "any"), doc: "lowest noise levels" },
  sigmaMax: { parse: numberIn("sigma-max", 1e-6, 1e6, "any"), doc: "highest noise levels" },
  rho: { parse: numberIn("rho", 1, 100, "any"), doc: "exponents of the grid of noise levels" },
  temperature: { parse: numberIn("temperature", 0, OPTIONS.temperature.domain.max, "any"), doc: "temperatures" },
  guidance: { parse: numberIn("guidance", 0, OPTIONS.guidance.domain.max, "any"), doc: "guidance weights" },
  guidanceSigmaMax: { parse: numberIn("guidance-sigma-max", 1e-6, 1e6, "any"), doc: "highest noise levels that are guided" },
} as const;
type Tunable = keyof typeof TUNABLE;
const NAMES = Object.keys(TUNABLE) as Tunable[];

type Flags = MeasuringFlags &
  Partial<Record<Tunable, readonly Ramp[]>> & {
    readonly sampler?: string;
    readonly nfe?: readonly number[];
    readonly candidates: number;
    readonly judgeCount: number;
    readonly start?: string;
    readonly out: string;
  };

const flagOf = (name: Tunable): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function commandLine(argv: readonly string[]): { file: string; flags: Flags } {
  const command = newMeasuringCommand("tune", 2000)
    .description("Measures every combination of the given sampling settings; what is not given is as the model's card has it.")
    .argument("<model.onnx>", "the model's file")
    .option("--sampler <name>", "the sampler")
    .option(
      "--nfe <list>",
      "search noise levels, churn and extrapolation of every step for these numbers of evaluations, by CMA-ES",
      listOf("nfe", numberIn("nfe", 1, 16)),
    )
    .option("--candidates <n>", "schedules that --nfe measures for each", numberIn("candidates", 1, 1e6), 200)
    .option("--judge-count <n>", "images of other seeds that --nfe judges its best with", numberIn("judge-count", MIN_COUNT, 1e6), 10_000)
    .option("--start <schedules.json>", "schedules that --nfe begins at (default: the card's grid)")
    .option("--out <folder>", "where tuning.json or, with --nfe, candidates-*.jsonl and schedules.json go", "runs/tune");
  for (const name of NAMES) {
    const { parse, doc } = TUNABLE[name];
    command.option(`--${flagOf(name)} <list>`, `${doc}, with commas between them`, listOf<Ramp>(flagOf(name), parse));
  }
  command.parse(argv);
  return { file: command.args[0], flags: command.opts<Flags>() };
}

/** The Cartesian product. */
function combinations(flags: Flags): Changes[] {
  return NAMES.reduce<Changes[]>(
    (all, name) => all.flatMap((changes) => (flags[name] ?? [undefined]).map((value) => ({ ...changes, [name]: value }))),
    [{ sampler: flags.sampler }],
  );
}

/** Searches the schedules of `nfe`, judges each on seeds that it was not chosen by, and writes them. */
async function tuneSchedules(
  tf: Tf,
  reference: Reference,
  { card, denoiser }: Subject,
  nfe: readonly number[],
  flags: Flags,
): Promise<void> {
  const { count, judgeCount, seed, candidates, out } = flags;
  const starts = flags.start === undefined ? [] : readSchedules(flags.start, "start");
  const denoise: Trial["denoise"] = (x, sigma, labels) => denoiser.denoise(x, sigma, labels);
  const trial = { tf, reference, card, denoise, count, seed: `${seed}/search` };
  mkdirSync(out, { recursive: true });
  const rows: string[][] = [];
  const schedules = [];
  for (const steps of nfe) {
    const start = starts.find(({ sigmas }) => sigmas.length === steps) ?? gridSchedule(card, steps);
    const { schedule, fid } = await searchSchedule(trial, start, candidates, join(out, `candidates-${steps}.jsonl`));
    const judged = await scheduleQuality({ ...trial, count: judgeCount, seed: `${seed}/judge` }, schedule);
    schedules.push(schedule);
    writeFileAtomically(join(out, "schedules.json"), `${JSON.stringify(schedules, null, 2)}\n`);
    const accuracy = `${(100 * judged.classAccuracy).toFixed(1)} %`;
    rows.push([String(steps), fid.toFixed(3), judged.fid.toFixed(3), accuracy, describeSchedule(schedule)]);
  }
  const floors = ["real", floor(reference, count).toFixed(3), floor(reference, judgeCount).toFixed(3), "", ""];
  console.log(`\n${textTable([["NFE", `FID, ${count}`, `FID, ${judgeCount} others`, "class accuracy", "schedule"], ...rows, floors])}`);
  console.log(`wrote ${join(out, "schedules.json")}`);
}

await runCommandLine(async () => {
  const { file, flags } = commandLine(process.argv);
  const { count, seed, cache, card, out } = flags;
  if (card !== undefined) readCardPage(card);
  const { tf, subjects, dataset, reference } = await open([file], flags);
  if (!reference) throw new UserError(noClassifier(dataset));
  const [subject] = subjects;
  console.log(describeReference(reference));
  if (flags.nfe) return tuneSchedules(tf, reference, subject, flags.nfe, flags);
  const results = await ranked({ tf, reference, subject, cache, count, seed }, combinations(flags));
  const rows = results.map(({ fid, classAccuracy, settings }) => [
    describeSettings(settings),
    fid.toFixed(3),
    `${(100 * classAccuracy).toFixed(1)} %`,
  ]);
  const text = [
    textTable([[`${subject.card.name}, ${subject.precision}, ${count} images`, "FID", "class accuracy"], ...rows]),
    `real test images, ${count}: ${floor(reference, count).toFixed(3)}`,
  ].join("\n");
  console.log(`\n${text}`);
  if (card !== undefined) {
    writeCardSection(card, { title: `Tuning, ${subject.precision}`, verb: "tune", args: process.argv.slice(2), text });
  }
  mkdirSync(out, { recursive: true });
  writeFileAtomically(join(out, "tuning.json"), `${JSON.stringify({ data: dataset.name, file, seed, count, results }, null, 2)}\n`);
  console.log(`wrote ${join(out, "tuning.json")}`);
});
