/** What `--dry-run` says of a data set. */
import { dirname } from "node:path";
import { makeFolder, writeFileAtomically } from "../cli/files.ts";
import { contactSheet, duplicates } from "./contact-sheet.ts";
import type { Dataset } from "./dataset.ts";
import { statistics } from "./statistics.ts";

/** Classes that are listed with their counts. */
const LISTED = 100;

/** Lines of text: counts, statistics, what was found and what to mind. */
export function describeDataset(dataset: Dataset): string[] {
  const { folder, train, test, labels, width, height, channels, details, notes } = dataset;
  const { mean, std, classCounts } = statistics(dataset);
  const twice = duplicates(dataset);
  return [
    `data: ${folder}, ${train.count} training and ${test.count} held-out images, mean ${mean.toFixed(3)}, std ${std.toFixed(3)} in [-1, 1]`,
    ...labels.slice(0, LISTED).map((label, i) => `  ${label}: ${classCounts[i]}`),
    ...(labels.length > LISTED ? [`  and ${labels.length - LISTED} classes more`] : []),
    `images: ${width}x${height}, ${channels === 1 ? "grey" : "RGB"}`,
    `duplicates: ${twice.train} training images equal an earlier one, ${twice.test} held-out images equal a training image`,
    ...details,
    ...notes.map((note) => `note: ${note}`),
  ];
}

/** Writes the contact sheet to `path`. Throws a UserError where that cannot be written. */
export function writeContactSheet(dataset: Dataset, path: string): void {
  makeFolder(dirname(path));
  writeFileAtomically(path, contactSheet(dataset));
}
