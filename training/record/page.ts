/**
 * The model card for readers, a Markdown page, rendered only from the card in the model's file and from record.json.
 */

import { type ModelCard, nativeShape } from "../../wasm-model/model/card.ts";
import { macsOf, parametersOf } from "../../wasm-model/network/count.ts";
import { evaluations } from "../../wasm-model/sampling/index.ts";
import { describeTraining } from "../cli/progress.ts";
import { COLUMNS, shownClasses } from "../network/draw.ts";
import { sizeOf } from "../network/parameters.ts";
import { figuresSection, lossTable } from "./figures-section.ts";
import type { Comparison, ModelRecord } from "./record.ts";
import { describeRecorded, drawSettings, recordedSettings } from "./settings.ts";
import { describeReference, markdownTable, percent, shell, threeDigits, whole } from "./tables.ts";

/**
 * What a reader wants first comes first: use, limits, figures, how it was made, and hashes last. The images that the
 * page links to are in its folder: samples.png, those of the record and, for a run, loss.svg.
 */
export function readme(card: ModelCard, record: ModelRecord): string {
  const { comparison, intendedUse = [], limits = [] } = record;
  const sections = [
    ...head(card),
    ...titled("Intended use", intendedUse),
    ...titled("Limits", limits),
    ...titled("Figures", figuresSection(record.quality, card)),
    ...(comparison ? samplersSection(comparison, card) : []),
    ...effectsSection(record.effects),
    ...titled("How it was made", history(card, record)),
    ...titled("Files", filesSection(record)),
  ];
  return `${sections.join("\n\n")}\n`;
}

const titled = (title: string, paragraphs: readonly string[]): readonly string[] =>
  paragraphs.length > 0 ? [`## ${title}`, ...paragraphs] : [];

function head(card: ModelCard): string[] {
  const { name, labels, sampling } = card;
  const shown = shownClasses(labels.length).map((label) => labels[label]);
  const { width, height } = nativeShape(card);
  return [
    `# ${name}`,
    `Draws ${width}x${height} images of ${labels.length} classes${shown.length < labels.length ? ", among them" : ""}: ${shown.join(", ")}.`,
    `![Samples, a class a row: ${shown.join(", ")}](samples.png)`,
    `${sampling.sampler}, ${sampling.steps} noise levels, int8; seeds \`card/0\` to \`card/${shown.length * COLUMNS - 1}\`, none picked.`,
  ];
}

function history(card: ModelCard, { commands, training, notes }: ModelRecord): string[] {
  const { spec, training: made } = card;
  const parameters = [...parametersOf(spec).values()]
    .filter(({ trainingOnly }) => !trainingOnly)
    .reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return [
    markdownTable([
      ["", ""],
      [
        "network",
        `${made.network}: ${(parameters / 1e6).toFixed(2)} M parameters, ${(macsOf(spec) / 1e6).toFixed(1)} M multiply-accumulates per evaluation`,
      ],
      ["data", `${made.data} (licence ${made.dataLicence}), sigmaData ${spec.sigmaData}`],
      ["training", `${whole(made.images)} presentations of its training images, seed \`${made.seed}\``],
      ["sampling", describeRecorded(recordedSettings(drawSettings(card, {})))],
    ]),
    shell(commands),
    ...notes,
    ...(training ? trainingParagraphs(training) : []),
  ];
}

function trainingParagraphs({
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
    ...(time ? [`The last run trained${time}.`] : []),
    ...(teacher ? [teacher] : []),
    "![Loss curve of the run](loss.svg)",
    `Held-out denoising-score-matching loss of the averaged weights, fp32, ${heldOutImages === undefined ? "all" : whole(heldOutImages)} test images with their labels; \`npx anneal evaluate model-fp32.onnx\` prints it ${heldOutImages === undefined ? "again" : "for all test images"}:`,
    lossTable([["loss", heldOut]], 3),
  ];
}

function filesSection({ export: { psnr, maxError, bytes }, origin }: ModelRecord): string[] {
  const hashes = origin && [
    `SHA-256 of the run's config.json followed by its checkpoint.safetensors: \`${origin.run}\``,
    ...(origin.data ? [`of its training images: \`${origin.data}\``] : []),
    ...(origin.commit ? [`commit that began it: \`${origin.commit}\``] : []),
  ];
  return [
    markdownTable([
      ["", ""],
      ...Object.entries(bytes).map(([file, length]) => [`\`${file}\``, `${whole(length)} bytes`]),
      ["fp32 in onnxruntime against TensorFlow.js", `largest error ${maxError.toExponential(1)}`],
      ["int8 against fp32", `${psnr === null ? "no difference" : `${psnr.toFixed(1)} dB`} over all pixels of 100 images of the same seeds`],
    ]),
    ...(hashes ? [`${hashes.join("; ")}.`] : []),
  ];
}

function samplersSection(
  { command, seed, tunedOn, reference, realFids, tuning, remarks, entries, picture }: Comparison,
  card: ModelCard,
): string[] {
  const places = [...new Set(entries.map(({ nfe }) => nfe))].toSorted((a, b) => a - b);
  const rows = Map.groupBy(entries, ({ settings: { sampler }, precision }) => `${sampler}, ${precision}`);
  const { sampler, steps } = card.sampling;
  const usual = evaluations(sampler, steps, card.sampling);
  const atUsual = Map.groupBy(
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
    ...(tuning ? [`The second row of each sampler: ${describeReference(tuning.reference)}; ${real(tuning.realFids)}.`] : []),
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

function effectsSection(effects: ModelRecord["effects"]): string[] {
  if (effects.length === 0) return [];
  return [
    "## Effect of options",
    shell(effects.map(({ command }) => command)),
    ...effects.flatMap(({ caption, picture, alt }) => [caption, `![${alt}](${picture})`]),
  ];
}
