/** Figures as tables in text and in Markdown. */
import type { Figures, RecordedImages, RecordedReference } from "./record.ts";

/** Rows of cells, each column as wide as its widest cell; the first column aligned left, the others right. */
export function textTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column] + 2))).join(""))
    .join("\n");
}

/** The same in Markdown; the first row is the table's head. */
export function markdownTable([head, ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

export const shell = (commands: readonly string[]): string => ["```sh", ...commands, "```"].join("\n");

export const percent = (share: number, digits = 1): string => `${(100 * share).toFixed(digits)} %`;

export const FIGURES: readonly (readonly [keyof Figures, string, (value: number) => string])[] = [
  ["fid", "FID", (value) => value.toFixed(4)],
  ["precision", "precision", percent],
  ["recall", "recall", percent],
  ["classAccuracy", "class accuracy", percent],
  ["inceptionScore", "Inception Score", (value) => value.toFixed(2)],
  ["nearestPixels", "distance to the nearest training image, pixels", (value) => value.toFixed(3)],
  ["nearestFeatures", "distance to the nearest training image, features", (value) => value.toFixed(4)],
];

/** Three digits: a judging classifier's FIDs are hundredths, a tuning one's may be hundreds. */
export const threeDigits = (fid: number): string =>
  fid.toLocaleString("en", { minimumSignificantDigits: 3, maximumSignificantDigits: 3, useGrouping: false });

/** Figures of generated images, and of as many real ones. */
export interface Beside {
  readonly generated: Figures;
  readonly real: Figures;
}

/** The mean of each figure over sets of images. */
export const meanFigures = (sets: readonly Figures[]): Figures =>
  figuresBy((key) => sets.reduce((sum, figures) => sum + figures[key] / sets.length, 0));

/** The standard error of each mean over at least two sets: their sample standard deviation, divided by their root. */
export function standardErrors(sets: readonly Figures[]): Figures {
  const { length } = sets;
  const mean = meanFigures(sets);
  return figuresBy((key) => Math.sqrt(sets.reduce((sum, figures) => sum + (figures[key] - mean[key]) ** 2, 0) / (length * (length - 1))));
}

const figuresBy = (figureOf: (key: keyof Figures) => number): Figures =>
  Object.fromEntries(FIGURES.map(([key]) => [key, figureOf(key)])) as Figures;

/**
 * The mean distance to the nearest training image, relative to that of real test images; far below 1, images would be
 * copies.
 */
export const nearestRatio = ({ generated, real }: Beside, kind: "nearestPixels" | "nearestFeatures"): number =>
  generated[kind] / real[kind];

type JudgedImages = Pick<RecordedImages, "count" | "generated" | "real" | "tuning" | "sets">;

/**
 * Rows of a table: generated beside real images and, if present, the same by the tuning classifier, which chose the
 * settings. Means over several sets have their standard errors.
 */
export function figureRows({ count, sets = [], tuning, ...judged }: JudgedImages): string[][] {
  const errors = errorsOf(sets.map(({ generated }) => generated));
  const tuningErrors = errorsOf(sets.flatMap((set) => set.tuning ?? []));
  const rows = FIGURES.map(([key, title, show]) => {
    const ratio = key === "nearestPixels" || key === "nearestFeatures" ? nearestRatio(judged, key).toFixed(3) : "";
    const mean = ({ generated }: Beside, error: Figures | undefined) => withError(show, generated[key], error?.[key]);
    return [
      ...[title, mean(judged, errors), show(judged.real[key]), ratio],
      ...(tuning ? [mean(tuning, tuningErrors), show(tuning.real[key])] : []),
    ];
  });
  return [["", "generated", `real (${whole(count)})`, "ratio", ...(tuning ? ["by the tuning classifier", "real"] : [])], ...rows];
}

export const withError = (show: (value: number) => string, value: number, error: number | undefined): string =>
  error === undefined ? show(value) : `${show(value)} ± ${show(error)}`;

/** Undefined for a single set. */
export const errorsOf = (sets: readonly Figures[]): Figures | undefined => (sets.length > 1 ? standardErrors(sets) : undefined);

/** The images that were measured: their number, their seeds, and how the classes are distributed. */
export function describeImages({ count, seed, sets = [] }: Pick<RecordedImages, "count" | "seed" | "sets">): string {
  const first = `${whole(count)} images of the seeds \`${seed}/0\` to \`${seed}/${count - 1}\``;
  const classes = "classes as often as in the training set";
  if (sets.length < 2) return `${first}, ${classes}`;
  const others = sets.slice(1).map((set) => `\`${set.seed}/0\`, ...`);
  return `${first}, and as many of ${others.join(" and of ")}, ${classes}; means and standard errors of the ${sets.length} sets`;
}

export const classRows = (
  { accuracyByClass, imagesByClass }: { readonly accuracyByClass: readonly number[]; readonly imagesByClass: readonly number[] },
  labels: readonly string[],
): string[][] => [
  ["class", "drawn as asked", "images taken for it"],
  ...labels.map((label, i) => [label, percent(accuracyByClass[i]), whole(imagesByClass[i])]),
];

const PURPOSES = {
  judging: "its judging classifier, which had no part in any choice and",
  tuning: "its tuning classifier, by which settings and checkpoints are chosen and which",
} as const;

export const describeReference = ({ classifier, data, trainingImages, testImages, testAccuracy }: RecordedReference): string =>
  `held against the ${whole(trainingImages)} training images of ${data}, in the features of ${PURPOSES[classifier]} classifies ${percent(testAccuracy, 2)} of the ${whole(testImages)} test images correctly`;

export const whole = (value: number): string => value.toLocaleString("en");
