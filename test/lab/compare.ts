/**
 * `npm run lab -- compare`: compares all samplers by FID against network evaluations (NFE), on one network in one or several
 * files (int8, fp32).
 */
import { join } from "node:path";
import { listOf, newCommand, numberIn, oneOf, runCommandLine } from "../../training/cli/command-line.ts";
import { makeFolder, writeFileAtomically } from "../../training/cli/files.ts";
import { logLogPlot, type Series } from "../../training/cli/plots.ts";
import { type MeasuringFlags, MIN_COUNT, open, withMeasuringFlags } from "../../training/measure/command.ts";
import type { EvaluatedModel } from "../../training/measure/evaluated-model.ts";
import { type Quality, qualityOf } from "../../training/measure/measure.ts";
import { type Reference, realFid, recordedReference } from "../../training/measure/reference.ts";
import { expectCard, updateCard } from "../../training/record/card-section.ts";
import { type DrawSettings, describeSettings, drawSettings, recordedSettings } from "../../training/record/settings.ts";
import { describeReference, percent, textTable, threeDigits } from "../../training/record/tables.ts";
import type { SamplerName } from "../../wasm-model/sampling/settings.ts";
import { COMPARED_SAMPLERS, PUBLISHED, PUBLISHED_EVALUATIONS } from "./compared-samplers.ts";
import { expectReference } from "./judges.ts";

interface CompareFlags extends MeasuringFlags {
  readonly judge?: string;
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
  const command = withMeasuringFlags(newCommand("lab compare"), { count: 10_000, seed: "evaluate" })
    .description(
      "Compares the samplers: FID against network evaluations per image. Each sampler uses the settings that are best on the first file.",
    )
    .argument("<model.onnx...>", "the files of one network; settings are chosen on the first")
    .option("--classifier <file>", "the tuning classifier, which chooses settings (default: the data set's own)")
    .option("--judge <file>", "the judging classifier (default: the data set's own)")
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

/** By sampler and precision. */
const rowsOf = (entries: readonly Entry[]): [string, Entry[]][] =>
  [...new Set(entries.map(nameOf))].map((name) => [name, entries.filter((entry) => nameOf(entry) === name)]);

function table(entries: readonly Entry[], nfe: readonly number[]): string {
  const cells = (row: readonly Entry[], of: (entry: Entry) => Quality): string[] =>
    nfe.map((place) => row.filter((entry) => entry.nfe === place).map(of)).map(([quality]) => (quality ? threeDigits(quality.fid) : ""));
  return textTable([
    ["FID at NFE", ...nfe.map(String)],
    ...rowsOf(entries).flatMap(([name, row]) => [
      [name, ...cells(row, (entry) => entry)],
      ["  by the tuning classifier", ...cells(row, ({ tuning }) => tuning)],
    ]),
  ]);
}

function seriesOf(entries: readonly Entry[]): Series[] {
  return rowsOf(entries).map(([, row]) => ({
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
  const tuner = await expectReference(opened, "tuning", flags.classifier, cache);
  const judge = await expectReference(opened, "judging", flags.judge, cache);
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
      let chosen = candidates[0];
      let least = Number.POSITIVE_INFINITY;
      for (const candidate of candidates.length > 1 ? candidates : []) {
        const trial = { settings: drawSettings(models[0].card, candidate), count: tuning(place, flags), seed: `${seed}/tune` };
        const { fid } = await qualityOf(tf, tuner, models[0], trial, cache);
        if (fid < least) [chosen, least] = [candidate, fid];
      }
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
      ...{ command: `npm run lab -- compare ${process.argv.slice(2).join(" ")}`, seed, tunedOn: models[0].precision, picture: "fid.svg" },
      ...{ ...measured, remarks },
      entries: entries.map(({ precision, nfe: place, count: images, settings, fid, classAccuracy, tuning }) => ({
        ...{ precision, nfe: place, count: images, settings: recordedSettings(settings), fid, classAccuracy, tuning },
      })),
    };
    updateCard(card, (record) => ({ ...record, comparison }), images);
  }
  console.log(`wrote ${join(out, "comparison.json")} and fid.svg`);
});
