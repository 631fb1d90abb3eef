/** Data sets of IDX files: named ones, and folders. */
import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { UserError } from "../cli/user-error.ts";
import type { Dataset } from "./dataset.ts";
import { type NamedDataset, UNKNOWN_LICENCE } from "./datasets.ts";
import { classNames, findFile, ROLES, readFile, readIdx } from "./idx.ts";
import { notesOnFew } from "./image-report.ts";
import { type Host, locateDataset } from "./locate.ts";
import { memorySplit, type Split } from "./split.ts";

/**
 * A data set without test files holds out every tenth training image: evenly spread, since many sets are sorted by
 * class.
 */
const HOLD_OUT = 10;

/** Whether any file in `folder` has a name of the MNIST family. */
export const isIdx = (folder: string): boolean => ROLES.some((role) => findFile(folder, role) !== undefined);

/** A named data set, found or downloaded (locate.ts), with verified checksums. */
export async function namedIdx(named: NamedDataset, dataDir: string | undefined, host: Host): Promise<Dataset> {
  const folder = await locateDataset(named, dataDir, host);
  const { name, labels, licence } = named;
  return assemble({ name, folder, labels, licence, train: readSplit(folder, "train", named), test: readSplit(folder, "test", named) });
}

/**
 * A folder of IDX files, plain or gzipped: images [N, H, W] or [N, H, W, C], labels [N]. The t10k files are optional.
 * `labels.txt` is optional too: one class name per line in label order; without it the names are the label numbers,
 * each of which must have a training image. Throws a UserError for files that are missing or damaged or do not fit
 * together.
 */
export function idxFolder(folder: string): Dataset {
  const all = readSplit(folder, "train");
  const ownTest = findFile(folder, "testImages") !== undefined || findFile(folder, "testLabels") !== undefined;
  const { train, test } = ownTest ? { train: all, test: readSplit(folder, "test") } : holdOut(all, folder);
  const highest = Math.max(highestLabel(train), highestLabel(test));
  const labels = readLabelNames(folder) ?? labelNumbers(train, highest, folder);
  if (highest >= labels.length) {
    throw new UserError(
      `Expected labels below ${labels.length}, the number of names in \`${join(folder, "labels.txt")}\`, but received ${highest}`,
    );
  }
  return assemble({ name: basename(resolve(folder)), folder, labels, licence: UNKNOWN_LICENCE, train, test });
}

interface ShapedSplit {
  /** [N, H, W, C]. */
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
  readonly count: number;
  /** H, W, C. */
  readonly imageShape: readonly [number, number, number];
}

function readSplit(folder: string, split: "train" | "test", dataset?: NamedDataset): ShapedSplit {
  const images = readIdx(folder, `${split}Images`, dataset);
  const labels = readIdx(folder, `${split}Labels`, dataset);
  const [count, height, width, channels = 1] = images.shape as [number, number, number, number?];
  if (labels.shape[0] !== count) {
    throw new UserError(
      `Expected ${count} labels in \`${labels.path}\`, one for each image in \`${images.path}\`, but received ${labels.shape[0]}`,
    );
  }
  return { images: images.values, labels: labels.values, count, imageShape: [height, width, channels] };
}

function holdOut(all: ShapedSplit, folder: string): { train: ShapedSplit; test: ShapedSplit } {
  if (all.count < HOLD_OUT) {
    throw new UserError(
      `Expected at least ${HOLD_OUT} images in \`${folder}\`, since one in ${HOLD_OUT} is held out for testing, but received ${all.count}`,
    );
  }
  const isHeldOut = (index: number): boolean => index % HOLD_OUT === HOLD_OUT - 1;
  return { train: select(all, (index) => !isHeldOut(index)), test: select(all, isHeldOut) };
}

function select(split: ShapedSplit, isWanted: (index: number) => boolean): ShapedSplit {
  const indices = Array.from({ length: split.count }, (_, index) => index).filter(isWanted);
  const size = split.images.length / split.count;
  const images = new Uint8Array(indices.length * size);
  for (const [i, index] of indices.entries()) images.set(split.images.subarray(index * size, (index + 1) * size), i * size);
  return { ...split, images, labels: Uint8Array.from(indices, (index) => split.labels[index]), count: indices.length };
}

function readLabelNames(folder: string): string[] | undefined {
  const path = join(folder, "labels.txt");
  return existsSync(path) ? classNames(readFile(path), path) : undefined;
}

/**
 * The label numbers as names. Throws a UserError if a number has no training image, since that class could not be
 * drawn.
 */
function labelNumbers({ labels }: ShapedSplit, highest: number, folder: string): string[] {
  const seen = new Set(labels);
  const numbers = Array.from({ length: highest + 1 }, (_, label) => label);
  const missing = numbers.filter((label) => !seen.has(label));
  if (missing.length === 0) return numbers.map(String);
  const others = missing.length > 1 ? ` and ${missing.length - 1} more` : "";
  throw new UserError(
    `Expected training images of each label from 0 to ${highest}, the highest one, in \`${folder}\` but received none of ${missing[0]}${others}: number the classes without gaps, or name them in \`${join(folder, "labels.txt")}\``,
  );
}

function highestLabel({ labels }: ShapedSplit): number {
  return labels.reduce((highest, label) => Math.max(highest, label), 0);
}

interface Parts extends Pick<Dataset, "name" | "folder" | "labels" | "licence"> {
  readonly train: ShapedSplit;
  readonly test: ShapedSplit;
}

/** The data set made of `parts`; its training and test images must have the same shape. */
function assemble({ train, test, ...rest }: Parts): Dataset {
  const shapes = [train, test].map(({ imageShape }) => imageShape.join(" x "));
  if (shapes[0] !== shapes[1]) {
    throw new UserError(
      `Expected test images of ${shapes[0]} pixels, as the training images of ${rest.name} have, but received ${shapes[1]}`,
    );
  }
  const [height, width, channels] = train.imageShape;
  const plain = ({ images, labels }: ShapedSplit): Split => memorySplit(images, labels);
  return { ...rest, train: plain(train), test: plain(test), height, width, channels, notes: notesOnFew(train.count), details: [] };
}
