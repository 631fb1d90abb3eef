/** `npm run tune`: FID of every combination of sampling settings, best first: what a model's defaults are chosen by. */
import { join } from "node:path";
import { OPTIONS } from "../wasm-model/index.ts";
import type { Ramp } from "../wasm-model/ramp.ts";
import { numberIn, rampIn, runCommandLine } from "./command-line.ts";
import { expectCard, recordedReference, recordedSettings, updateCard, withEntry } from "./evaluate/card-section.ts";
import { describeReference, type MeasuringFlags, newMeasuringCommand, noClassifier, open } from "./evaluate/command.ts";
import { floor } from "./evaluate/reference.ts";
import { ranked } from "./evaluate/search.ts";
import { type Changes, describeSettings } from "./evaluate/settings.ts";
import { textTable } from "./evaluate/tables.ts";
import { commandOf } from "./export/run-record.ts";
import { listOf } from "./lists.ts";
import { UserError } from "./user-error.ts";
import { makeFolder, writeFileAtomically } from "./write-file.ts";

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

type Flags = MeasuringFlags & Partial<Record<Tunable, readonly Ramp[]>> & { readonly sampler?: string; readonly out: string };

const flagOf = (name: Tunable): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function commandLine(argv: readonly string[]): { file: string; flags: Flags } {
  const command = newMeasuringCommand("tune", 2000)
    .description("Measures every combination of the given sampling settings; what is not given is as the model's card has it.")
    .argument("<model.onnx>", "the model's file")
    .option("--sampler <name>", "the sampler")
    .option("--out <folder>", "where tuning.json goes", "runs/tune");
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

await runCommandLine(async () => {
  const { file, flags } = commandLine(process.argv);
  const { count, seed, cache, card, out } = flags;
  if (card !== undefined) expectCard(card);
  makeFolder(out);
  const { tf, subjects, dataset, reference } = await open([file], flags);
  if (!reference) throw new UserError(noClassifier(dataset));
  const [subject] = subjects;
  console.log(describeReference(reference));
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
    const entry = {
      ...{ command: commandOf("tune", process.argv.slice(2)), precision: subject.precision, seed, reference: recordedReference(reference) },
      floor: { count, fid: floor(reference, count) },
      results: results.map(({ settings, fid, classAccuracy }) => ({ settings: recordedSettings(settings), fid, classAccuracy })),
    };
    updateCard(card, (record) => ({ ...record, tuning: withEntry(record.tuning, entry) }));
  }
  writeFileAtomically(join(out, "tuning.json"), `${JSON.stringify({ data: dataset.name, file, seed, count, results }, null, 2)}\n`);
  console.log(`wrote ${join(out, "tuning.json")}`);
});
