/** Labelled images as networks learn from them. Pixel value v stands for v / 127.5 - 1, in [-1, 1]. */
import type { CroppedShape } from "../../wasm-model/model/card.ts";
import { unitValue, withBorder } from "../../wasm-model/render/image/pixels.ts";
import { joined } from "../../wasm-model/schema/bytes.ts";

/** N labelled images of H x W x C bytes. */
export interface Split {
  /** N. */
  readonly count: number;
  /** [N], below the number of classes. */
  readonly labels: Uint16Array;
  /** [N]: a number that near pictures share (data/duplicates.ts). */
  readonly families: Int32Array;
  /** [end - start, H, W, C], 0 to 255; all by default. Read only: it may be the split's memory. */
  images(start?: number, end?: number): Uint8Array;
}

/** A split of images [N, H, W, C] and labels [N]; by default no two are near. */
export function memorySplit(
  images: Uint8Array,
  labels: ArrayLike<number>,
  families: Int32Array = Int32Array.from({ length: labels.length }, (_, i) => i),
): Split {
  const size = images.length / labels.length;
  return {
    count: labels.length,
    labels: Uint16Array.from(labels),
    families,
    images: (start = 0, end = labels.length) => images.subarray(start * size, end * size),
  };
}

/** The images of a split at these indices, without a copy of them. */
export const partOf = (split: Split, indices: readonly number[]): Split => ({
  count: indices.length,
  labels: Uint16Array.from(indices, (i) => split.labels[i]),
  families: Int32Array.from(indices, (i) => split.families[i]),
  images: (start = 0, end = indices.length) => joined(indices.slice(start, end).map((i) => split.images(i, i + 1))),
});

const PIECE = 1024;

/** The first `count` images of a split, all by default, in consecutive pieces. */
export function* pieces(split: Split, count = split.count): Generator<Uint8Array> {
  for (let start = 0; start < count; start += PIECE) yield split.images(start, Math.min(start + PIECE, count));
}

export const paddedSplit = (split: Split, frame: CroppedShape): Split => ({
  ...split,
  images: (start, end) => withBorder(split.images(start, end), frame),
});

export function isGrey(rgb: Uint8Array): boolean {
  for (let i = 0; i < rgb.length; i += 3) if (rgb[i] !== rgb[i + 1] || rgb[i] !== rgb[i + 2]) return false;
  return true;
}

/** RGB bytes, or the grey ones of an RGB image that has no colours. */
export const inChannels = (rgb: Uint8Array, channels: number): Uint8Array => (channels === 3 ? rgb : rgb.filter((_, at) => at % 3 === 0));

/** Training images, and the names of their classes in label order. */
export interface Labelled {
  readonly train: Split;
  readonly labels: readonly string[];
}

/** Mean and standard deviation over all pixels of all images, by exact sums over a histogram of the 256 pixel values. */
export function statistics({ train }: Pick<Labelled, "train">): { readonly mean: number; readonly std: number } {
  const pixels = new Float64Array(256);
  let total = 0;
  for (const piece of pieces(train)) {
    for (let i = 0; i < piece.length; i++) pixels[piece[i]] += 1;
    total += piece.length;
  }
  const average = (f: (x: number) => number): number => pixels.reduce((sum, count, value) => sum + count * f(unitValue(value)), 0) / total;
  const mean = average((x) => x);
  return { mean, std: Math.sqrt(average((x) => (x - mean) ** 2)) };
}

/** Number of training images of each class, in label order. */
export function classCountsOf({ train, labels }: Labelled): number[] {
  const counts = labels.map(() => 0);
  for (const label of train.labels) counts[label] += 1;
  return counts;
}

/** Bytes 0..255 -> [-1, 1]. A loop, because `Float32Array.from` takes 18 times as long: a tenth of a training step. */
export function unitRange(bytes: Uint8Array): Float32Array {
  const values = new Float32Array(bytes.length);
  for (let i = 0; i < values.length; i++) values[i] = unitValue(bytes[i]);
  return values;
}

/** One-hot rows of K values. */
export function oneHot(labels: ArrayLike<number>, classes: number): Float32Array {
  const rows = new Float32Array(labels.length * classes);
  for (let i = 0; i < labels.length; i++) rows[i * classes + labels[i]] = 1;
  return rows;
}
