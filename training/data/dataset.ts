/**
 * A data set as training and evaluation use it: its images, their statistics in the network's units, and a hash. Pixel
 * value v stands for v / 127.5 - 1, in [-1, 1].
 */

import { createHash } from "node:crypto";
import { type PaddedShape, padded, unitValue } from "../../wasm-model/render/image/pixels.ts";
import type { ConversionSettings } from "./conversion.ts";

/** N labelled images of H x W x C bytes. */
export interface Split {
  /** N. */
  readonly count: number;
  /** [N], below the number of classes. */
  readonly labels: Uint16Array;
  /**
   * The images from `start` to before `end`, [end - start, H, W, C], 0 to 255; all by default. Do not write to them:
   * the split may share its own memory.
   */
  images(start?: number, end?: number): Uint8Array;
}

/** A split of images [N, H, W, C] and labels [N]. */
export function memorySplit(images: Uint8Array, labels: ArrayLike<number>): Split {
  const size = images.length / labels.length;
  return {
    count: labels.length,
    labels: Uint16Array.from(labels),
    images: (start = 0, end = labels.length) => images.subarray(start * size, end * size),
  };
}

const PIECE = 1024;

/** The first `count` images of a split, all by default, in consecutive pieces. */
export function* pieces(split: Split, count = split.count): Generator<Uint8Array> {
  for (let start = 0; start < count; start += PIECE) yield split.images(start, Math.min(start + PIECE, count));
}

export interface Dataset {
  readonly name: string;
  /** The folder of its files. */
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
  /** How the image files were converted. */
  readonly pictures: ConversionSettings;
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

/** SHA-256 of the training images, their shape and their 16-bit labels, in hexadecimal. */
export function trainingSha256({ train, height, width, channels }: Pick<Dataset, "train" | "height" | "width" | "channels">): string {
  const hash = createHash("sha256").update(`${train.count} x ${height} x ${width} x ${channels}\n`);
  for (const piece of pieces(train)) hash.update(piece);
  return hash.update(train.labels).digest("hex");
}
