/** The figures of a model's page: one table of both precisions and both classifiers, then classes and held-out losses. */
import type { ModelCard } from "../../wasm-model/model/card.ts";
import type { HeldOutLoss } from "../network/held-out.ts";
import type { Figures, RecordedQuality, RecordedReference } from "./record.ts";
import { describeRecorded, drawSettings, recordedSettings } from "./settings.ts";
import {
  describeImages,
  describeReference,
  errorsOf,
  FIGURES,
  markdownTable,
  nearestRatio,
  percent,
  shell,
  whole,
  withError,
} from "./tables.ts";

type Measured = RecordedQuality & { readonly images: NonNullable<RecordedQuality["images"]> };

/** What one classifier says of the images of one file. */
interface Opinion {
  readonly precision: string;
  readonly reference: RecordedReference;
  readonly generated: Figures;
  readonly real: Figures;
  /** Standard errors of `generated`, if it is a mean over several sets of images. */
  readonly errors: Figures | undefined;
}

export function figuresSection(quality: readonly RecordedQuality[], card: ModelCard): string[] {
  if (quality.length === 0) return [];
  const measured = quality.filter((one): one is Measured => one.images !== undefined);
  const opinions = measured.flatMap(opinionsOf);
  const byClassifier = (["judging", "tuning"] as const)
    .map((kind) => opinions.filter(({ reference }) => reference.classifier === kind))
    .filter((group) => group.length > 0);
  return [
    shell(quality.map(({ command }) => command)),
    ...(opinions.length > 0 ? [figuresTable(byClassifier)] : []),
    ...measured.map((one) => imagesLine(one, card)),
    ...byClassifier.map(([{ reference }]) => `*${reference.classifier}*: ${describeReference(reference)}.`),
    ...(byClassifier.length > 1
      ? ["The tuning classifier's figures are not to be quoted: what was chosen by them looks better in them than it is."]
      : []),
    ...(measured.length > 0 ? [classTable(measured, card.labels)] : []),
    "Held-out loss over all test images:",
    lossTable(
      quality.map(({ precision, heldOut }) => [precision, heldOut]),
      4,
    ),
  ];
}

function opinionsOf({ precision, images: { reference, generated, real, tuning, sets = [] } }: Measured): Opinion[] {
  const judged = { precision, reference, generated, real, errors: errorsOf(sets.map((set) => set.generated)) };
  return [judged, ...(tuning ? [{ ...tuning, precision, errors: errorsOf(sets.flatMap((set) => set.tuning ?? [])) }] : [])];
}

/** A row per figure; of each classifier a column per file, and one of real images. */
function figuresTable(groups: readonly (readonly Opinion[])[]): string {
  const cells = (generatedCell: (opinion: Opinion) => string, realCell: (opinion: Opinion) => string) =>
    groups.flatMap((group) => [...group.map(generatedCell), realCell(group[0])]);
  return markdownTable([
    [
      "",
      ...groups.flatMap((group) => [...group.map((one) => one.precision), "real"].map((of) => `${of}, ${group[0].reference.classifier}`)),
    ],
    ...FIGURES.map(([key, title, show]) => [
      title,
      ...cells(
        ({ generated, errors }) => withError(show, generated[key], errors?.[key]),
        ({ real }) => show(real[key]),
      ),
    ]),
    ...(["nearestPixels", "nearestFeatures"] as const).map((key) => [
      `the same in ${key === "nearestPixels" ? "pixels" : "features"}, real images 1`,
      ...cells(
        (opinion) => nearestRatio(opinion, key).toFixed(3),
        () => "1",
      ),
    ]),
  ]);
}

/** The settings are left out where they are the model's own. */
function imagesLine({ precision, runtime, images }: Measured, card: ModelCard): string {
  const settings = describeRecorded(images.settings);
  const own = describeRecorded(recordedSettings(drawSettings(card, {})));
  return `${precision}: ${settings === own ? "" : `${settings}, `}${images.settings.evaluations} evaluations by ${runtime}; ${describeImages(images)}.`;
}

/** Shares of the images of a class that its file's first classifier takes for that class, and what it takes for it. */
const classTable = (measured: readonly Measured[], labels: readonly string[]): string =>
  markdownTable([
    ["class", ...measured.flatMap(({ precision }) => [`${precision}: drawn as asked`, "images taken for it"])],
    ...labels.map((label, i) => [
      label,
      ...measured.flatMap(({ images }) => [percent(images.accuracyByClass[i]), whole(images.imagesByClass[i])]),
    ]),
  ]);

/** A row per file. */
export const lossTable = (rows: readonly (readonly [string, readonly HeldOutLoss[]])[], digits: number): string =>
  markdownTable([
    ["sigma", ...rows[0][1].map(({ sigma }) => String(sigma))],
    ...rows.map(([name, losses]) => [name, ...losses.map(({ loss }) => loss.toFixed(digits))]),
  ]);
