/** Figures as lines of text and of Markdown. */
import type { Figures, RecordedReference } from "./record.ts";

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

export const percent = (share: number, digits = 1): string => `${(100 * share).toFixed(digits)} %`;

export const FIGURES: readonly (readonly [keyof Figures, string, (value: number) => string])[] = [
  ["fid", "FID", (value) => value.toFixed(3)],
  ["precision", "precision", percent],
  ["recall", "recall", percent],
  ["classAccuracy", "class accuracy", percent],
  ["inceptionScore", "Inception Score", (value) => value.toFixed(2)],
  ["nearestPixels", "distance to the nearest training image, pixels", (value) => value.toFixed(3)],
  ["nearestFeatures", "distance to the nearest training image, features", (value) => value.toFixed(4)],
];

/** Figures of generated images, and of as many real ones. */
export interface Beside {
  readonly generated: Figures;
  readonly real: Figures;
}

/**
 * The mean distance to the nearest training image, relative to that of real test images; far below 1, images would be
 * copies.
 */
export const nearestRatio = ({ generated, real }: Beside, kind: "nearestPixels" | "nearestFeatures"): number =>
  generated[kind] / real[kind];

/**
 * Rows of a table: generated beside real images and, if present, the same by the tuning classifier, which chose the
 * settings.
 */
export function figureRows(judged: Beside, realCount: string, tuning?: Beside): string[][] {
  const rows = FIGURES.map(([key, title, show]) => {
    const ratio = key === "nearestPixels" || key === "nearestFeatures" ? nearestRatio(judged, key).toFixed(3) : "";
    return [
      title,
      show(judged.generated[key]),
      show(judged.real[key]),
      ratio,
      ...(tuning ? [show(tuning.generated[key]), show(tuning.real[key])] : []),
    ];
  });
  return [["", "generated", `real (${realCount})`, "ratio", ...(tuning ? ["by the tuning classifier", "real"] : [])], ...rows];
}

/** Rows of a table, class by class. */
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

/** Describes the reference that images are compared with. */
export const describeReference = ({ classifier, data, trainingImages, testImages, testAccuracy }: RecordedReference): string =>
  `held against the ${whole(trainingImages)} training images of ${data}, in the features of ${PURPOSES[classifier]} classifies ${percent(testAccuracy, 2)} of the ${whole(testImages)} test images correctly`;

export const whole = (value: number): string => value.toLocaleString("en");
