/** N labelled images of H x W x C bytes, in memory or in a file that need not fit into memory. */
import { readSync } from "node:fs";
import { UserError } from "../cli/user-error.ts";

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

/** A split whose images, of `size` bytes each, lie in a file from byte `offset` on. Only requested images are read. */
export function fileSplit(file: number, path: string, offset: number, size: number, labels: Uint16Array): Split {
  return {
    count: labels.length,
    labels,
    images(start = 0, end = labels.length) {
      const bytes = new Uint8Array((end - start) * size);
      readFully(file, path, bytes, offset + start * size);
      return bytes;
    },
  };
}

/** A single read must be below 2 GB. */
const LONGEST_READ = 2 ** 26;

/** Fills `bytes` from the open file at `position`. Throws a UserError, naming `path`, if the file ends too early. */
export function readFully(file: number, path: string, bytes: Uint8Array, position: number): void {
  for (let at = 0; at < bytes.length; ) {
    const read = readSync(file, bytes, at, Math.min(LONGEST_READ, bytes.length - at), position + at);
    if (read === 0) throw new UserError(`Expected ${position + bytes.length} bytes in \`${path}\` but received ${position + at}`);
    at += read;
  }
}

const PIECE = 1024;

/** The first `count` images of a split, all by default, in consecutive pieces. */
export function* pieces(split: Split, count = split.count): Generator<Uint8Array> {
  for (let start = 0; start < count; start += PIECE) yield split.images(start, Math.min(start + PIECE, count));
}
