/** What `--dry-run` shows of a data set: a picture of what the network will see, and images that are there twice. */
import { createHash } from "node:crypto";
import { grid } from "../../wasm-model/render/image/grid.ts";
import { encodePng } from "../../wasm-model/render/image/png.ts";
import type { Dataset } from "./dataset.ts";
import { pieces, type Split } from "./split.ts";

const COLUMNS = 16;
/** Of several thousand classes, so many are shown. */
const MOST_ROWS = 128;
/** Few classes get several rows each. */
const ROWS_IN_ALL = 16;

/**
 * A PNG of training images, 16 in a row: one or more rows of each class in label order, spread evenly over the class; black where it has no more. Of
 * more than 128 classes every n-th is shown.
 */
export function contactSheet({ train, labels, width, height, channels }: Omit<Dataset, "notes" | "details">): Uint8Array {
  const step = Math.ceil(labels.length / MOST_ROWS);
  const shown = labels.flatMap((_, label) => (label % step === 0 ? [label] : []));
  const rows = Math.max(1, Math.floor(ROWS_IN_ALL / shown.length));
  const members = new Map<number, number[]>(shown.map((label) => [label, []]));
  for (const [i, label] of train.labels.entries()) members.get(label)?.push(i);
  const images = [...members.values()].flatMap((own) => {
    const filled = Math.min(rows, Math.max(1, Math.ceil(own.length / COLUMNS)));
    const count = Math.min(own.length, filled * COLUMNS);
    return Array.from({ length: filled * COLUMNS }, (_, i) => {
      const image = own[Math.floor((i * own.length) / count)];
      const pixels = i < count ? train.images(image, image + 1) : new Uint8Array(width * height * channels);
      return { pixels, width, height, channels };
    });
  });
  return encodePng(grid(images, COLUMNS));
}

/** Numbers of images that equal an earlier one: among the training images, and test images that equal a training image. */
export function duplicates({ train, test, height, width, channels }: Pick<Dataset, "train" | "test" | "height" | "width" | "channels">): {
  train: number;
  test: number;
} {
  const size = height * width * channels;
  const digests = function* (split: Split): Generator<string> {
    for (const piece of pieces(split)) {
      for (let at = 0; at < piece.length; at += size)
        yield createHash("sha1")
          .update(piece.subarray(at, at + size))
          .digest("base64");
    }
  };
  const seen = new Set(digests(train));
  let inBoth = 0;
  for (const digest of digests(test)) if (seen.has(digest)) inBoth += 1;
  return { train: train.count - seen.size, test: inBoth };
}
