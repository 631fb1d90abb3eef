/**
 * A data set as training and evaluation use it: its images, their statistics in the network's units, and a hash. Pixel
 * value v stands for v / 127.5 - 1, in [-1, 1].
 */

import { createHash } from "node:crypto";
import { type PaddedShape, padded } from "../../wasm-model/render/image/pad.ts";
import { unitValue } from "../../wasm-model/render/image/pixels.ts";
import type { ConversionSettings } from "./conversion.ts";
import { pieces, type Split } from "./split.ts";

export interface Dataset {
  readonly name: string;
  /** The folder or archive of its files. */
  readonly folder: string;
  /** Class names in label order. */
  readonly labels: readonly string[];
  /** SPDX identifier, or "unknown". */
  readonly licence: string;
  readonly train: Split;
  /** Held-out images. */
  readonly test: Split;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** How the image files were converted, if the set consists of such files. */
  readonly pictures?: ConversionSettings;
  /** Warnings for its owner before training, a line each. */
  readonly notes: readonly string[];
  /** Other remarks, a line each. */
  readonly details: readonly string[];
}

export const paddedSplit = (split: Split, frame: PaddedShape): Split => ({
  ...split,
  images: (start, end) => padded(split.images(start, end), frame),
});

export interface Statistics {
  readonly mean: number;
  /** Standard deviation over all pixels of all images: the `sigmaData` to train with. */
  readonly std: number;
  /** Number of training images of each class, in label order. */
  readonly classCounts: readonly number[];
}

/** Exact sums over a histogram of the 256 pixel values. */
export function statistics({ train, labels }: Pick<Dataset, "train" | "labels">): Statistics {
  const pixels = new Float64Array(256);
  let total = 0;
  for (const piece of pieces(train)) {
    for (let i = 0; i < piece.length; i++) pixels[piece[i]] += 1;
    total += piece.length;
  }
  const average = (f: (x: number) => number): number => pixels.reduce((sum, count, value) => sum + count * f(unitValue(value)), 0) / total;
  const mean = average((x) => x);

  return { mean, std: Math.sqrt(average((x) => (x - mean) ** 2)), classCounts: classCountsOf({ train, labels }) };
}

/** Number of training images of each class, in label order. */
export function classCountsOf({ train, labels }: Pick<Dataset, "train" | "labels">): number[] {
  const counts = labels.map(() => 0);
  for (const label of train.labels) counts[label] += 1;
  return counts;
}

/**
 * SHA-256 of the training images, their shape and their 16-bit labels, in hexadecimal. Reads the images in pieces,
 * since there may be many.
 */
export function trainingSha256({ train, height, width, channels }: Pick<Dataset, "train" | "height" | "width" | "channels">): string {
  const hash = createHash("sha256").update(`${train.count} x ${height} x ${width} x ${channels}\n`);
  for (const piece of pieces(train)) hash.update(piece);
  return hash.update(train.labels).digest("hex");
}
