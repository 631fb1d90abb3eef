/**
 * `anneal compare`: compares all samplers by FID against network evaluations (NFE), on one network in one or several
 * files (int8, fp32).
 */
import { join } from "node:path";
import type { SamplerName } from "../wasm-model/sampling/settings.ts";
import { listOf, numberIn, oneOf, printJson, runCommandLine } from "./cli/command-line.ts";
import { makeFolder, writeFileAtomically } from "./cli/files.ts";
import { logLogPlot, type Series } from "./cli/plots.ts";
import { commandOf } from "./export/run-record.ts";
import { expectReference, type MeasuringFlags, MIN_COUNT, newMeasuringCommand, open } from "./measure/command.ts";
import type { EvaluatedModel } from "./measure/evaluated-model.ts";
import { type Quality, qualityOf } from "./measure/measure.ts";
import { type Reference, realFid, recordedReference } from "./measure/reference.ts";
import { expectCard, updateCard } from "./record/card-section.ts";
import { type DrawSettings, describeSettings, drawSettings, recordedSettings } from "./record/settings.ts";
import { describeReference, percent, textTable, threeDigits } from "./record/tables.ts";
import { COMPARED_SAMPLERS, PUBLISHED, PUBLISHED_EVALUATIONS } from "./tune/compared-samplers.ts";
import { ranked } from "./tune/settings.ts";

interface CompareFlags extends MeasuringFlags {
  readonly nfe: readonly number[];
  readonly samplers: readonly SamplerName[];
  readonly tuneCount: number;
  readonly slowCount: number;
  readonly out: string;
}

/** One cell of the table: figures by the judging classifier, and by the tuning one, which chose the settings. */
interface Entry extends Quality {
  readonly settings: DrawSettings;
  readonly tuning: Quality;
  readonly file: string;
  readonly precision: EvaluatedModel["precision"];
  readonly sampler: SamplerName;
  /** The position on the NFE axis; the sampler's own evaluations are `settings.nfe`. */
  readonly nfe: number;
  readonly count: number;
}

const NFE = [4, 6, 8, 10, 20, 50, PUBLISHED_EVALUATIONS];
const NAMES = COMPARED_SAMPLERS.map(({ sampler }) => sampler);

function commandLine(argv: readonly string[]): { files: string[]; flags: CompareFlags } {
  const command = newMeasuringCommand("compare", 10_000, "judged")
    .description(
      "Compares the samplers: FID against network evaluations per image. Each sampler uses the settings that are best on the first file.",
    )
    .argument("<model.onnx...>", "the files of one network; settings are chosen on the first")
    .option("--nfe <list>", "numbers of network evaluations to compare at", listOf("nfe", numberIn("nfe", 1, PUBLISHED_EVALUATIONS)), NFE)
    .option("--samplers <list>", "which samplers to compare", listOf("samplers", oneOf("samplers", NAMES)), NAMES)
    .option(
      "--tune-count <n>",
      "images for choosing a sampler's settings, of other seeds; fewer above 20 evaluations",
      numberIn("tune-count", MIN_COUNT, 1e6),
      2000,
    )
    .option("--slow-count <n>", `images at ${PUBLISHED_EVALUATIONS} evaluations`, numberIn("slow-count", MIN_COUNT, 1e6), 2000)
    .option("--out <folder>", "where comparison.json and fid.svg go", "runs/compare")
    .parse(argv);
  return { files: command.args, flags: command.opts<CompareFlags>() };
}

/** Images drawn to choose among settings: fewer where an image takes long. */
const tuning = (nfe: number, { tuneCount }: CompareFlags): number => Math.max(MIN_COUNT, Math.round(tuneCount * Math.min(1, 20 / nfe)));

const nameOf = ({ sampler, precision }: Entry): string => `${sampler}, ${precision}`;

function table(entries: readonly Entry[], nfe: readonly number[]): string {
  const cells = (row: readonly Entry[], of: (entry: Entry) => Quality): string[] =>
    nfe.map((place) => row.filter((entry) => entry.nfe === place).map(of)).map(([quality]) => (quality ? threeDigits(quality.fid) : ""));
  return textTable([
    ["FID at NFE", ...nfe.map(String)],
    ...[...Map.groupBy(entries, nameOf)].flatMap(([name, row]) => [
      [name, ...cells(row, (entry) => entry)],
      ["  by the tuning classifier", ...cells(row, ({ tuning }) => tuning)],
    ]),
  ]);
}

function seriesOf(entries: readonly Entry[]): Series[] {
  return [...Map.groupBy(entries, nameOf).values()].map((row) => ({
    name: row[0].sampler,
    points: row.map(({ settings, fid }) => [settings.nfe, fid]),
    dashed: row[0].precision === "int8",
  }));
}

const describeEntry = ({ precision, settings, count, fid, classAccuracy, tuning }: Entry): string =>
  `${precision}, ${describeSettings(settings)}: FID ${fid.toFixed(3)}, class accuracy ${percent(classAccuracy)}, ${count} images (by the tuning classifier ${tuning.fid.toFixed(3)}, ${percent(tuning.classAccuracy)})`;

await runCommandLine(async () => {
  const { files, flags } = commandLine(process.argv);
  const { nfe, samplers, seed, cache, card, out } = flags;
  if (card !== undefined) expectCard(card);
  makeFolder(out);
  const opened = await open(files, flags);
  const { tf, models, dataset, count } = opened;
  const slowCount = Math.min(flags.slowCount, count);
  const tuner = await expectReference(opened, "tuning", flags);
  const judge = await expectReference(opened, "judging", flags);
  const references = { reference: recordedReference(judge), tuning: { reference: recordedReference(tuner) } };
  const described = [
    describeReference(references.reference),
    `settings are chosen by the tuning classifier: ${describeReference(references.tuning.reference)}`,
  ].join("\n");
  console.log(described);

  const entries: Entry[] = [];
  for (const { sampler, variants } of COMPARED_SAMPLERS.filter((one) => samplers.includes(one.sampler))) {
    for (const place of nfe) {
      const candidates = variants(place).map((variant) => ({ ...variant, sampler }));
      if (candidates.length === 0) continue;
      const trial = { tf, reference: tuner, model: models[0], cache, count: tuning(place, flags), seed: `${seed}/tune` };
      const [chosen] = candidates.length > 1 ? (await ranked(trial, candidates)).map(({ changes }) => changes) : candidates;
      const images = place < PUBLISHED_EVALUATIONS ? count : slowCount;
      for (const model of models) {
        const { file, precision } = model;
        const settings = drawSettings(model.card, chosen);
        const imageSet = { settings, count: images, seed };
        const judged = await qualityOf(tf, judge, model, imageSet, cache);
        const tuning = await qualityOf(tf, tuner, model, imageSet, cache);
        entries.push({ ...judged, tuning, settings, file, precision, sampler, nfe: place, count: images });
        console.log(describeEntry(entries[entries.length - 1]));
      }
    }
  }

  const counts = [...new Set(entries.map((entry) => entry.count))];
  const realFids = (reference: Reference) => counts.map((images) => realFid(reference, images));
  const measured = {
    reference: references.reference,
    realFids: realFids(judge),
    tuning: { ...references.tuning, realFids: realFids(tuner) },
  };
  const remarks = samplers.includes("ald")
    ? [`ald: the best (levels, steps each, relative step) of ${PUBLISHED.map((one) => `(${one.join(", ")})`).join(" ")}`]
    : [];
  const text = [
    table(entries, nfe),
    "",
    described,
    ...measured.realFids.map(
      ({ count: images, fid }, i) =>
        `real test images, ${images}: ${fid.toFixed(3)} (by the tuning classifier ${measured.tuning.realFids[i].fid.toFixed(3)})`,
    ),
    ...remarks,
    `seeds ${seed}/0, ...; the best settings, chosen with ${models[0].precision} on seeds ${seed}/tune/0, ...:`,
    ...entries.map((entry) => `  ${describeEntry(entry)}`),
  ].join("\n");
  console.log(`\n${text}`);
  const report = { data: dataset.name, seed, ...measured, entries };
  writeFileAtomically(join(out, "comparison.json"), `${JSON.stringify(report, null, 2)}\n`);
  const plot = { title: `FID against network evaluations, ${dataset.name}; int8 is dashed`, x: "NFE", y: "FID", series: seriesOf(entries) };
  const svg = logLogPlot(plot);
  writeFileAtomically(join(out, "fid.svg"), svg);
  if (card !== undefined) {
    const images = new Map([["fid.svg", svg]]);
    const comparison = {
      ...{ command: commandOf("compare", process.argv.slice(2)), seed, tunedOn: models[0].precision, picture: "fid.svg" },
      ...{ ...measured, remarks },
      entries: entries.map(({ precision, nfe: place, count: images, settings, fid, classAccuracy, tuning }) => ({
        ...{ precision, nfe: place, count: images, settings: recordedSettings(settings), fid, classAccuracy, tuning },
      })),
    };
    updateCard(card, (record) => ({ ...record, comparison }), images);
  }
  console.log(`wrote ${join(out, "comparison.json")} and fid.svg`);
  printJson(flags, report);
});
