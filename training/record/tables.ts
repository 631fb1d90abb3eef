/** Figures as lines of text and of Markdown. */
import type { Figures, Measurement } from "../measure/measure.ts";

/** Rows of cells, each column as wide as its widest cell: the first to the left, the others to the right. */
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

/** Ratio of a mean distance to the nearest training image to that of real test images: far below 1, images would be copies. */
export const nearestRatio = ({ generated, real }: Measurement, kind: "nearestPixels" | "nearestFeatures"): number =>
  generated[kind] / real[kind];

/** Generated beside real images, then class by class. */
export function measurementTable(measurement: Measurement, labels: readonly string[]): string {
  const { generated, real, realCount, accuracyByClass, imagesByClass } = measurement;
  const figures = FIGURES.map(([key, title, show]) => {
    const ratio = key === "nearestPixels" || key === "nearestFeatures" ? nearestRatio(measurement, key).toFixed(3) : "";
    return [title, show(generated[key]), show(real[key]), ratio];
  });
  const classes = labels.map((label, i) => [label, percent(accuracyByClass[i]), String(imagesByClass[i])]);
  return [
    textTable([["", "generated", `real (${realCount})`, "ratio"], ...figures]),
    textTable([["class", "drawn as asked", "images taken for it"], ...classes]),
  ].join("\n\n");
}
