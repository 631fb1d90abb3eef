/** What `--dry-run` shows of a data set: counts, statistics, and a contact sheet. */
import { encodeGrid } from "../network/draw.ts";
import { classCountsOf, statistics } from "../network/split.ts";
import { onWhite } from "./cut-outs.ts";
import type { Dataset, TrainingData } from "./dataset.ts";

/** Most classes that are listed with their counts. */
const LISTED = 100;

/** Lines of text: counts, statistics, details and warnings. */
export function describeDataset(dataset: TrainingData): string[] {
  const { folder, train, validation, test, hasTest, labels, width, height, channels, alpha, palette, details, notes } = dataset;
  const { mean, std } = statistics(dataset);
  const classCounts = classCountsOf(dataset);
  return [
    `data: ${folder}, ${train.count} training${hasTest ? `, ${validation.count} validation and ${test.count} test` : ` and ${test.count} held-out`} images, mean ${mean.toFixed(3)}, std ${std.toFixed(3)} in [-1, 1]`,
    ...labels.slice(0, LISTED).map((label, i) => `  ${label}: ${classCounts[i]}`),
    ...(labels.length > LISTED ? [`  and ${labels.length - LISTED} classes more`] : []),
    `images: ${width}x${height}, ${alpha ? "RGB, cut out" : channels === 1 ? "grey" : "RGB"}${palette ? ` in ${palette.length} colours` : ""}`,
    ...details,
    ...notes.map((note) => `note: ${note}`),
  ];
}

const COLUMNS = 16;
const MOST_ROWS = 128;
/** With few classes each gets several rows. */
const ROWS_IN_ALL = 16;

/**
 * A PNG of training images, 16 in a row: one or more rows for each class in label order, spread evenly over the class;
 * missing images are black. Of more than 128 classes only every n-th is shown.
 */
export function contactSheet(dataset: Omit<Dataset, "notes" | "details">): Uint8Array {
  const { train, labels } = dataset;
  const step = Math.ceil(labels.length / MOST_ROWS);
  const shown = labels.flatMap((_, label) => (label % step === 0 ? [label] : []));
  const rows = Math.max(1, Math.floor(ROWS_IN_ALL / shown.length));
  const members = new Map<number, number[]>(shown.map((label) => [label, []]));
  for (const [i, label] of train.labels.entries()) members.get(label)?.push(i);
  const images = [...members.values()].flatMap((indices) => {
    const filled = Math.min(rows, Math.max(1, Math.ceil(indices.length / COLUMNS)));
    const count = Math.min(indices.length, filled * COLUMNS);
    return Array.from({ length: filled * COLUMNS }, (_, i) => {
      const image = indices[Math.floor((i * indices.length) / count)];
      return i < count ? train.images(image, image + 1) : undefined;
    });
  });
  return encodeGrid(
    images.map((image) => image && onWhite(image, dataset)),
    dataset,
    COLUMNS,
  );
}
