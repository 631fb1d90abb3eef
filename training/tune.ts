/**
 * `anneal tune`: measures the FID of every combination of sampling settings and lists the best first. With `--nfe` it
 * searches schedules instead, which set every step of a few-step sampler separately.
 */
import { join } from "node:path";
import { OPTIONS } from "../wasm-model/index.ts";
import type { Ramp } from "../wasm-model/sampling/settings.ts";
import { listOf, numberIn, printJson, runCommandLine } from "./cli/command-line.ts";
import { makeFolder, writeFileAtomically } from "./cli/files.ts";
import { SAMPLING_FLAGS } from "./cli/sampling-flags.ts";
import { UserError } from "./cli/user-error.ts";
import { paddedSplit } from "./data/dataset.ts";
import { commandOf } from "./export/run-record.ts";
import { expectReference, type MeasuringFlags, newMeasuringCommand, open } from "./measure/command.ts";
import { realFid, recordedReference } from "./measure/reference.ts";
import { expectCard, updateCard, withEntry } from "./record/card-section.ts";
import { type Changes, describeSettings, REQUEST_ONLY, recordedSettings } from "./record/settings.ts";
import { describeReference, textTable } from "./record/tables.ts";
import { gaussianStart } from "./tune/gaussian-start.ts";
import { drawnBy, searchSchedule } from "./tune/schedule-search.ts";
import { type RankedSettings, type Ruler, ranked } from "./tune/settings.ts";

/** Settings that can be tuned: those of a model's card, and the numeric ones of a request. */
const TUNABLE = [
  ...SAMPLING_FLAGS,
  ...REQUEST_ONLY.map((name) => {
    const { domain, doc } = OPTIONS[name];
    return { name, flag: name, doc, parse: numberIn(name, domain.min, domain.max, "any") };
  }),
];
type Tunable = (typeof TUNABLE)[number]["name"];

type TuneFlags = MeasuringFlags &
  Partial<Record<Tunable, readonly Ramp[]>> & {
    readonly sampler?: string;
    readonly nfe?: readonly number[];
    readonly candidates: number;
    readonly gaussianStart: boolean;
    readonly out: string;
  };

const SCHEDULES = "schedules.json";

function commandLine(argv: readonly string[]): { file: string; flags: TuneFlags } {
  const command = newMeasuringCommand("tune", 2000, "by the tuning classifier")
    .description("Measures every combination of the given sampling settings. All other settings are those of the model's card.")
    .argument("<model.onnx>", "the model's file")
    .option("--sampler <name>", "the sampler")
    .option(
      "--nfe <list>",
      "instead search a schedule (noise levels and settings of every step) for each of these numbers of evaluations",
      listOf("nfe", numberIn("nfe", 1, 16)),
    )
    .option("--candidates <n>", "schedules to measure for each number in --nfe", numberIn("candidates", 1, 1e6), 200)
    .option(
      "--gaussian-start",
      "with --nfe: images start from a Gaussian of the training images' mean colours, so schedules can begin with less noise",
      false,
    )
    .option("--out <folder>", `where tuning.json and, with --nfe, ${SCHEDULES} go`, "runs/tune");
  for (const { flag, doc, parse } of TUNABLE) {
    command.option(`--${flag} <list>`, `values with commas between them: ${doc}`, listOf<Ramp>(flag, parse));
  }
  command.parse(argv);
  return { file: command.args[0], flags: command.opts<TuneFlags>() };
}

/** The Cartesian product. */
function combinations(flags: TuneFlags): Changes[] {
  return TUNABLE.reduce<Changes[]>(
    (all, { name }) => all.flatMap((changes) => (flags[name] ?? [undefined]).map((value) => ({ ...changes, [name]: value }))),
    [{ sampler: flags.sampler }],
  );
}

/** Throws a UserError for settings that a search of schedules would ignore. */
function expectNoSettings(flags: TuneFlags): void {
  const given = ["sampler" as const, ...TUNABLE.map(({ name }) => name)].filter((name) => flags[name] !== undefined);
  if (given.length > 0) throw new UserError(`Expected no \`${given.join("`, `")}\` together with \`nfe\`: a schedule has its own`);
}

/**
 * Searches the best schedule for each number of evaluations, writes them to `out` as they are found, and measures them
 * on other seeds.
 */
async function searched(ruler: Ruler, { nfe = [], candidates, gaussianStart: starts, out }: TuneFlags): Promise<RankedSettings[]> {
  const { dataset } = ruler.reference;
  const { card } = ruler.model;
  const start = starts ? gaussianStart(paddedSplit(dataset.train, card), card.spec) : undefined;
  const schedules = [];
  for (const steps of nfe) {
    schedules.push(await searchSchedule({ ...ruler, seed: `${ruler.seed}/search` }, steps, candidates, start));
    writeFileAtomically(join(out, SCHEDULES), `${JSON.stringify(schedules, null, 2)}\n`);
  }
  return ranked(ruler, schedules.map(drawnBy));
}

await runCommandLine(async () => {
  const { file, flags } = commandLine(process.argv);
  if (flags.nfe) expectNoSettings(flags);
  else if (flags.gaussianStart) throw new UserError("Expected no `gaussian-start` without `nfe`: it is part of a schedule");
  const { seed, cache, card, out } = flags;
  if (card !== undefined) expectCard(card);
  makeFolder(out);
  const opened = await open([file], flags);
  const { tf, models, dataset, count } = opened;
  const reference = await expectReference(opened, "tuning", flags);
  const [model] = models;
  console.log(describeReference(recordedReference(reference)));
  const ruler = { tf, reference, model, cache, count, seed };
  const results = await (flags.nfe ? searched(ruler, flags) : ranked(ruler, combinations(flags)));
  const rows = results.map(({ fid, classAccuracy, settings }) => [
    describeSettings(settings),
    fid.toFixed(3),
    `${(100 * classAccuracy).toFixed(1)} %`,
  ]);
  const real = realFid(reference, count);
  const text = [
    textTable([[`${model.card.name}, ${model.precision}, ${count} images`, "FID", "class accuracy"], ...rows]),
    `real test images, ${real.count}: ${real.fid.toFixed(3)}`,
  ].join("\n");
  console.log(`\n${text}`);
  if (card !== undefined) {
    const entry = {
      ...{ command: commandOf("tune", process.argv.slice(2)), precision: model.precision, seed, reference: recordedReference(reference) },
      ...{ count, realFid: real },
      results: results.map(({ settings, fid, classAccuracy }) => ({ settings: recordedSettings(settings), fid, classAccuracy })),
    };
    updateCard(card, (record) => ({ ...record, tuning: withEntry(record.tuning, entry) }));
  }
  const report = { data: dataset.name, file, seed, count, results };
  writeFileAtomically(join(out, "tuning.json"), `${JSON.stringify(report, null, 2)}\n`);
  console.log(`wrote ${join(out, "tuning.json")}`);
  if (flags.nfe) console.log(`wrote ${join(out, SCHEDULES)}`);
  printJson(flags, report);
});
