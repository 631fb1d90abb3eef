/** `npm run tune`: FID of every combination of sampling settings, best first: what a model's defaults are chosen by. */
import { join } from "node:path";
import { OPTIONS } from "../wasm-model/index.ts";
import type { Ramp } from "../wasm-model/sampling/ramp.ts";
import { numberIn, runCommandLine } from "./commands/command-line.ts";
import { listOf } from "./commands/lists.ts";
import { SAMPLING_FLAGS } from "./commands/sampling-flags.ts";
import { UserError } from "./commands/user-error.ts";
import { makeFolder, writeFileAtomically } from "./commands/write-file.ts";
import { expectCard, recordedReference, updateCard, withEntry } from "./evaluate/card-section.ts";
import { describeReference, type MeasuringFlags, newMeasuringCommand, noClassifier, open } from "./evaluate/command.ts";
import { realFid } from "./evaluate/reference.ts";
import { ranked } from "./evaluate/search.ts";
import { type Changes, describeSettings, recordedSettings } from "./evaluate/settings.ts";
import { textTable } from "./evaluate/tables.ts";
import { commandOf } from "./export/run-record.ts";

/** What can be tuned: what a model's card holds, and the numbers of a request. */
const TUNABLE = [
  ...SAMPLING_FLAGS,
  ...(["temperature", "guidance"] as const).map((name) => {
    const { domain, doc } = OPTIONS[name];
    return { name, flag: name, doc, parse: numberIn(name, domain.min, domain.max, "any") };
  }),
];
type Tunable = (typeof TUNABLE)[number]["name"];

type Flags = MeasuringFlags & Partial<Record<Tunable, readonly Ramp[]>> & { readonly sampler?: string; readonly out: string };

function commandLine(argv: readonly string[]): { file: string; flags: Flags } {
  const command = newMeasuringCommand("tune", 2000)
    .description("Measures every combination of the given sampling settings; what is not given is as the model's card has it.")
    .argument("<model.onnx>", "the model's file")
    .option("--sampler <name>", "the sampler")
    .option("--out <folder>", "where tuning.json goes", "runs/tune");
  for (const { flag, doc, parse } of TUNABLE) {
    command.option(`--${flag} <list>`, `values with commas between them: ${doc}`, listOf<Ramp>(flag, parse));
  }
  command.parse(argv);
  return { file: command.args[0], flags: command.opts<Flags>() };
}

/** The Cartesian product. */
function combinations(flags: Flags): Changes[] {
  return TUNABLE.reduce<Changes[]>(
    (all, { name }) => all.flatMap((changes) => (flags[name] ?? [undefined]).map((value) => ({ ...changes, [name]: value }))),
    [{ sampler: flags.sampler }],
  );
}

await runCommandLine(async () => {
  const { file, flags } = commandLine(process.argv);
  const { count, seed, cache, card, out } = flags;
  if (card !== undefined) expectCard(card);
  makeFolder(out);
  const { tf, models, dataset, reference } = await open([file], flags);
  if (!reference) throw new UserError(noClassifier(dataset));
  const [model] = models;
  console.log(describeReference(reference));
  const results = await ranked({ tf, reference, model, cache, count, seed }, combinations(flags));
  const rows = results.map(({ fid, classAccuracy, settings }) => [
    describeSettings(settings),
    fid.toFixed(3),
    `${(100 * classAccuracy).toFixed(1)} %`,
  ]);
  const text = [
    textTable([[`${model.card.name}, ${model.precision}, ${count} images`, "FID", "class accuracy"], ...rows]),
    `real test images, ${count}: ${realFid(reference, count).toFixed(3)}`,
  ].join("\n");
  console.log(`\n${text}`);
  if (card !== undefined) {
    const entry = {
      ...{ command: commandOf("tune", process.argv.slice(2)), precision: model.precision, seed, reference: recordedReference(reference) },
      realFid: { count, fid: realFid(reference, count) },
      results: results.map(({ settings, fid, classAccuracy }) => ({ settings: recordedSettings(settings), fid, classAccuracy })),
    };
    updateCard(card, (record) => ({ ...record, tuning: withEntry(record.tuning, entry) }));
  }
  writeFileAtomically(join(out, "tuning.json"), `${JSON.stringify({ data: dataset.name, file, seed, count, results }, null, 2)}\n`);
  console.log(`wrote ${join(out, "tuning.json")}`);
});
