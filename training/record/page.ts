/**
 * The model card for readers, a Markdown page, rendered only from the card in the model's file and from record.json.
 */

import { type ModelCard, nativeShape } from "../../wasm-model/model/card.ts";
import { macsOf, parametersOf } from "../../wasm-model/network/count.ts";
import { evaluations } from "../../wasm-model/sampling/index.ts";
import { describeTraining } from "../cli/progress.ts";
import { COLUMNS, shownClasses } from "../network/draw.ts";
import type { HeldOutLoss } from "../network/held-out.ts";
import { sizeOf } from "../network/parameters.ts";
import type { Comparison, ModelRecord, RecordedQuality, RecordedReference, Tuning } from "./record.ts";
import { describeRecorded, drawSettings, recordedSettings } from "./settings.ts";
import { classRows, describeImages, describeReference, figureRows, markdownTable, percent, threeDigits, whole } from "./tables.ts";

/** Rows of a tuning that the page shows; the record has all. */
const BEST = 10;

/** The images that the page links to are in its folder: samples.png, those of the record and, for a run, loss.svg. */
export function readme(card: ModelCard, record: ModelRecord): string {
  const { training, origin, comparison, notes } = record;
  const sections = [
    ...head(card, record),
    ...(notes.length > 0 ? ["## Notes", ...notes] : []),
    "## Commands",
    shell(record.commands),
    ...(origin ? [originLine(origin)] : []),
    ...(training ? trainingSection(training) : []),
    ...record.quality.flatMap((quality) => qualitySection(quality, card)),
    ...(comparison ? samplersSection(comparison, card) : []),
    ...record.tuning.flatMap(tuningSection),
    ...effectsSection(record.effects),
  ];
  return `${sections.join("\n\n")}\n`;
}

const shell = (commands: readonly string[]): string => ["```sh", ...commands, "```"].join("\n");

function head(card: ModelCard, record: ModelRecord): string[] {
  const { name, spec, labels, sampling, training } = card;
  const shown = shownClasses(labels.length).map((label) => labels[label]);
  const { width, height } = nativeShape(card);
  const parameters = [...parametersOf(spec).values()]
    .filter(({ trainingOnly }) => !trainingOnly)
    .reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const { psnr, maxError, bytes } = record.export;
  return [
    `# ${name}`,
    `Draws ${width}x${height} images of ${labels.length} classes${shown.length < labels.length ? ", among them" : ""}: ${shown.join(", ")}.`,
    `![Samples, a class a row: ${shown.join(", ")}](samples.png)`,
    `${sampling.sampler}, ${sampling.steps} noise levels, int8; seeds \`card/0\` to \`card/${shown.length * COLUMNS - 1}\`, none picked.`,
    markdownTable([
      ["", ""],
      [
        "network",
        `${training.network}: ${(parameters / 1e6).toFixed(2)} M parameters, ${(macsOf(spec) / 1e6).toFixed(1)} M multiply-accumulates per evaluation`,
      ],
      ["data", `${training.data} (licence ${training.dataLicence}), sigmaData ${spec.sigmaData}`],
      ["training", `${whole(training.images)} presentations of its training images, seed \`${training.seed}\``],
      ["sampling", describeRecorded(recordedSettings(drawSettings(card, {})))],
      ["fp32 in onnxruntime against TensorFlow.js", `largest error ${maxError.toExponential(1)}`],
      ["int8 against fp32", `${psnr === null ? "no difference" : `${psnr.toFixed(1)} dB`} over all pixels of 100 images of the same seeds`],
      ...Object.entries(bytes).map(([file, length]) => [`\`${file}\``, `${whole(length)} bytes`]),
    ]),
  ];
}

function originLine({ run, data, commit }: NonNullable<ModelRecord["origin"]>): string {
  const parts = [
    `SHA-256 of the run's config.json and checkpoint.safetensors, one behind the other: \`${run}\``,
    ...(data ? [`of its training images: \`${data}\``] : []),
    ...(commit ? [`commit that began it: \`${commit}\``] : []),
  ];
  return `${parts.join("; ")}.`;
}

function trainingSection({
  seconds,
  processors,
  guidance,
  imagesBefore,
  heldOut,
  heldOutImages,
}: NonNullable<ModelRecord["training"]>): string[] {
  const time = describeTraining(seconds ?? Number.NaN, processors);
  const teacher =
    guidance &&
    `It learned from the model of \`--init\` as that was then (${whole(imagesBefore)} presentations), guided by ${guidance.weight} up to sigma ${guidance.sigmaMax}.`;
  return [
    "## Training",
    ...(time ? [`Trained${time}.`] : []),
    ...(teacher ? [teacher] : []),
    "![Loss curve of the run](loss.svg)",
    `Held-out denoising-score-matching loss of the averaged weights, fp32, ${heldOutImages === undefined ? "all" : whole(heldOutImages)} test images with their labels; \`npx anneal evaluate model-fp32.onnx\` prints it ${heldOutImages === undefined ? "again" : "for all test images"}:`,
    lossTable(heldOut, 3),
  ];
}

const lossTable = (losses: readonly HeldOutLoss[], digits: number): string =>
  markdownTable([
    ["sigma", ...losses.map(({ sigma }) => String(sigma))],
    ["loss", ...losses.map(({ loss }) => loss.toFixed(digits))],
  ]);

function qualitySection({ command, precision, runtime, images, heldOut }: RecordedQuality, { labels }: ModelCard): string[] {
  const measured = images && [
    `${describeRecorded(images.settings)}: ${images.settings.evaluations} evaluations by ${runtime}. ${describeImages(images)}, ${describeReference(images.reference)}.`,
    markdownTable(figureRows(images)),
    ...tuningLine(images.tuning?.reference),
    markdownTable(classRows(images, labels)),
  ];
  return [`## Quality, ${precision}`, shell([command]), ...(measured ?? []), "Held-out loss over all test images:", lossTable(heldOut, 4)];
}

/** Explains the figures beside those of a judging classifier. */
const tuningLine = (reference: RecordedReference | undefined): string[] =>
  reference
    ? [
        `The figures of the tuning classifier are ${describeReference(reference)}. They are not to be quoted: what was chosen by them looks better in them than it is.`,
      ]
    : [];

function samplersSection(
  { command, seed, tunedOn, reference, realFids, tuning, remarks, entries, picture }: Comparison,
  card: ModelCard,
): string[] {
  const places = [...new Set(entries.map(({ nfe }) => nfe))].toSorted((a, b) => a - b);
  const rows = groups(entries, ({ settings: { sampler }, precision }) => `${sampler}, ${precision}`);
  const { sampler, steps } = card.sampling;
  const usual = evaluations(sampler, steps, card.sampling);
  const atUsual = groups(
    entries.filter(({ nfe }) => nfe === usual),
    ({ settings }) => settings.sampler,
  );
  const precisions = [...new Set(entries.map(({ precision }) => precision))];
  const real = (fids: Comparison["realFids"]): string =>
    fids.map(({ count, fid }) => `${whole(count)} real test images score ${fid.toFixed(3)}`).join(", ");
  const fidsOf = (row: readonly Comparison["entries"][number][], fidOf: (entry: Comparison["entries"][number]) => number | undefined) =>
    places.map((place) => row.filter(({ nfe }) => nfe === place).map(fidOf)).map(([fid]) => (fid === undefined ? "" : threeDigits(fid)));
  return [
    "## Samplers",
    shell([command]),
    `FID against network evaluations (NFE): images of the seeds \`${seed}/0\`, ... ${describeReference(reference)}; ${real(realFids)}. Each sampler has the best of its settings, chosen with ${tunedOn} on the seeds \`${seed}/tune/0\`, ...; \`record.json\` has them all.`,
    markdownTable([
      ["FID at NFE", ...places.map(String)],
      ...[...rows].flatMap(([name, row]) => [
        [name, ...fidsOf(row, ({ fid }) => fid)],
        ...(tuning ? [["by the tuning classifier", ...fidsOf(row, (entry) => entry.tuning?.fid)]] : []),
      ]),
    ]),
    ...(tuning
      ? [`The tuning classifier, by which the settings were chosen: ${describeReference(tuning.reference)}; ${real(tuning.realFids)}.`]
      : []),
    ...remarks,
    ...(atUsual.size > 0
      ? [
          `Settings at the model's own ${usual} evaluations, or next to them:`,
          markdownTable([
            ["sampler", "settings", "NFE", ...precisions.flatMap((precision) => [`FID, ${precision}`, `class accuracy, ${precision}`])],
            ...[...atUsual].map(([name, row]) => [
              name,
              describeRecorded(row[0].settings, { name: false }),
              String(row[0].settings.evaluations),
              ...precisions.flatMap((precision) => {
                const entry = row.find((one) => one.precision === precision);
                return entry ? [entry.fid.toFixed(3), percent(entry.classAccuracy)] : ["", ""];
              }),
            ]),
          ]),
        ]
      : []),
    `![FID against network evaluations](${picture})`,
  ];
}

/** Items of the same name together, in the order of their first. */
function groups<Item>(items: readonly Item[], nameOf: (item: Item) => string): Map<string, Item[]> {
  const byName = new Map<string, Item[]>();
  for (const item of items) byName.set(nameOf(item), [...(byName.get(nameOf(item)) ?? []), item]);
  return byName;
}

function tuningSection({ command, precision, seed, reference, realFid, results }: Tuning): string[] {
  const shown = results.slice(0, BEST);
  const more = results.length > shown.length ? ` The best ${shown.length} of ${results.length}; \`record.json\` has all.` : "";
  return [
    `## Tuning, ${precision}`,
    shell([command]),
    `${whole(realFid.count)} images of the seeds \`${seed}/0\`, ..., ${describeReference(reference)}; as many real test images score ${realFid.fid.toFixed(3)}.${more}`,
    markdownTable([
      ["settings", "NFE", "FID", "class accuracy"],
      ...shown.map(({ settings, fid, classAccuracy }) => [
        describeRecorded(settings),
        String(settings.evaluations),
        fid.toFixed(3),
        percent(classAccuracy),
      ]),
    ]),
  ];
}

function effectsSection(effects: ModelRecord["effects"]): string[] {
  if (effects.length === 0) return [];
  return [
    "## Effect of options",
    shell(effects.map(({ command }) => command)),
    ...effects.flatMap(({ caption, picture, alt }) => [caption, `![${alt}](${picture})`]),
  ];
}
