/** `anneal compare`: all samplers on one axis of network evaluations, FID against NFE, for the same network in one or several files (int8, fp32). */
import { join } from "node:path";
import type { SamplerName } from "../wasm-model/sampling/settings.ts";
import { listOf, numberIn, oneOf, printJson, runCommandLine } from "./cli/command-line.ts";
import { makeFolder, writeFileAtomically } from "./cli/files.ts";
import { logLogPlot, type Series } from "./cli/plots.ts";
import { UserError } from "./cli/user-error.ts";
import { commandOf } from "./export/run-record.ts";
import { describeReference, type MeasuringFlags, MIN_COUNT, newMeasuringCommand, noClassifier, open } from "./measure/command.ts";
import type { EvaluatedModel } from "./measure/evaluated-model.ts";
import { realFid } from "./measure/reference.ts";
import { describeSettings, recordedSettings } from "./measure/settings.ts";
import { expectCard, recordedReference, updateCard } from "./record/card-section.ts";
import { textTable } from "./record/tables.ts";
import { COMPARED_SAMPLERS, PUBLISHED, PUBLISHED_EVALUATIONS } from "./tune/compared-samplers.ts";
import { type Measured, ranked } from "./tune/search.ts";

interface CompareFlags extends MeasuringFlags {
  readonly nfe: readonly number[];
  readonly samplers: readonly SamplerName[];
  readonly tuneCount: number;
  readonly slowCount: number;
  readonly out: string;
}

/** One place in the table. */
interface Entry extends Measured {
  readonly file: string;
  readonly precision: EvaluatedModel["precision"];
  readonly sampler: SamplerName;
  /** The place on the axis; the sampler's own evaluations are `settings.nfe`. */
  readonly nfe: number;
  readonly count: number;
}

const NFE = [4, 6, 8, 10, 20, 50, PUBLISHED_EVALUATIONS];
const NAMES = COMPARED_SAMPLERS.map(({ sampler }) => sampler);

function commandLine(argv: readonly string[]): { files: string[]; flags: CompareFlags } {
  const command = newMeasuringCommand("compare", 10_000)
    .description("Compares the samplers: FID against network evaluations per image, each at the best of its settings for the first file.")
    .argument("<model.onnx...>", "the files of one network; settings are chosen on the first")
    .option("--nfe <list>", "places on the axis", listOf("nfe", numberIn("nfe", 1, PUBLISHED_EVALUATIONS)), NFE)
    .option("--samplers <list>", "which samplers to compare", listOf("samplers", oneOf("samplers", NAMES)), NAMES)
    .option(
      "--tune-count <n>",
      "images that choose among a sampler's settings, of other seeds; fewer above 20 evaluations",
      numberIn("tune-count", MIN_COUNT, 1e6),
      2000,
    )
    .option("--slow-count <n>", `images at ${PUBLISHED_EVALUATIONS} evaluations`, numberIn("slow-count", MIN_COUNT, 1e6), 2000)
    .option("--out <folder>", "where comparison.json and fid.svg go", "runs/compare")
    .parse(argv);
  return { files: command.args, flags: command.opts<CompareFlags>() };
}

/** Images that choose among settings: where an image takes long, fewer. */
const tuning = (nfe: number, { tuneCount }: CompareFlags): number => Math.max(MIN_COUNT, Math.round(tuneCount * Math.min(1, 20 / nfe)));

function table(entries: readonly Entry[], nfe: readonly number[]): string {
  const rows = new Map<string, Entry[]>();
  for (const entry of entries) {
    const name = `${entry.sampler}, ${entry.precision}`;
    rows.set(name, [...(rows.get(name) ?? []), entry]);
  }
  const cell = (row: readonly Entry[], place: number): string => row.find((entry) => entry.nfe === place)?.fid.toFixed(2) ?? "";
  return textTable([
    ["FID at NFE", ...nfe.map(String)],
    ...[...rows].map(([name, row]) => [name, ...nfe.map((place) => cell(row, place))]),
  ]);
}

function seriesOf(entries: readonly Entry[]): Series[] {
  const series = new Map<string, { name: string; points: [number, number][]; dashed: boolean }>();
  for (const { sampler, precision, settings, fid } of entries) {
    const key = `${sampler}, ${precision}`;
    const one = series.get(key) ?? { name: sampler, points: [], dashed: precision === "int8" };
    one.points.push([settings.nfe, fid]);
    series.set(key, one);
  }
  return [...series.values()];
}

await runCommandLine(async () => {
  const { files, flags } = commandLine(process.argv);
  const { nfe, samplers, count, slowCount, seed, cache, card, out } = flags;
  if (card !== undefined) expectCard(card);
  makeFolder(out);
  const { tf, models, dataset, reference } = await open(files, flags);
  if (!reference) throw new UserError(noClassifier(dataset));
  console.log(describeReference(reference));

  const entries: Entry[] = [];
  for (const { sampler, variants } of COMPARED_SAMPLERS.filter((one) => samplers.includes(one.sampler))) {
    for (const place of nfe) {
      const candidates = variants(place).map((variant) => ({ ...variant, sampler }));
      if (candidates.length === 0) continue;
      const trial = { tf, reference, model: models[0], cache, count: tuning(place, flags), seed: `${seed}/tune` };
      const [chosen] = candidates.length > 1 ? (await ranked(trial, candidates)).map(({ changes }) => changes) : candidates;
      const images = place < PUBLISHED_EVALUATIONS ? count : slowCount;
      for (const model of models) {
        const [measured] = await ranked({ tf, reference, model, cache, count: images, seed }, [chosen]);
        const { file, precision } = model;
        entries.push({ ...measured, file, precision, sampler, nfe: place, count: images });
      }
    }
  }

  const counts = [...new Set(entries.map((entry) => entry.count))];
  const realFids = counts.map((images) => ({ count: images, fid: realFid(reference, images) }));
  const remarks = samplers.includes("ald")
    ? [`ald: the best (levels, steps each, relative step) of ${PUBLISHED.map((one) => `(${one.join(", ")})`).join(" ")}`]
    : [];
  const text = [
    table(entries, nfe),
    "",
    describeReference(reference),
    ...realFids.map(({ count: images, fid }) => `real test images, ${images}: ${fid.toFixed(3)}`),
    ...remarks,
    `seeds ${seed}/0, ...; the best settings, chosen with ${models[0].precision} on seeds ${seed}/tune/0, ...:`,
    ...entries.map(
      ({ precision, settings, count: images, fid, classAccuracy }) =>
        `  ${precision}, ${describeSettings(settings)}: FID ${fid.toFixed(3)}, class accuracy ${(100 * classAccuracy).toFixed(1)} %, ${images} images`,
    ),
  ].join("\n");
  console.log(`\n${text}`);
  const { record } = reference.classifier;
  const report = { data: dataset.name, seed, classifier: record, realFids, entries };
  writeFileAtomically(join(out, "comparison.json"), `${JSON.stringify(report, null, 2)}\n`);
  const plot = { title: `FID against network evaluations, ${dataset.name}; int8 is dashed`, x: "NFE", y: "FID", series: seriesOf(entries) };
  const svg = logLogPlot(plot);
  writeFileAtomically(join(out, "fid.svg"), svg);
  if (card !== undefined) {
    const pictures = new Map([["fid.svg", svg]]);
    const comparison = {
      ...{ command: commandOf("compare", process.argv.slice(2)), seed, tunedOn: models[0].precision, picture: "fid.svg" },
      ...{ reference: recordedReference(reference), realFids, remarks },
      entries: entries.map(({ precision, nfe: place, count: images, settings, fid, classAccuracy }) => ({
        ...{ precision, nfe: place, count: images, settings: recordedSettings(settings), fid, classAccuracy },
      })),
    };
    updateCard(card, (record) => ({ ...record, comparison }), pictures);
  }
  console.log(`wrote ${join(out, "comparison.json")} and fid.svg`);
  printJson(flags, report);
});
