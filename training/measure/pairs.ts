/** All pairs of N images of `size` bytes: how many are alike, and which are nearest. The distance of two images is the root mean square difference of their bytes. */
import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type * as TF from "@tensorflow/tfjs";
import type { Tf } from "../network/score-network.ts";

export interface Pair {
  /** Indices of the images, the smaller one first. */
  readonly first: number;
  readonly second: number;
  /** In grey levels, 0 to 255. */
  readonly distance: number;
}

export interface Pairs {
  /** For each of the `levels`, the number of pairs whose distance is at most that. */
  readonly counts: readonly number[];
  /** The nearest pairs, the nearest one first. */
  readonly nearest: readonly Pair[];
}

export interface PairSearch {
  /** Distances up to which pairs are counted, in ascending order. */
  readonly levels: readonly number[];
  /** How many of the nearest pairs are kept. */
  readonly most: number;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Images on each side of a block of distances: 16 MB. */
const BLOCK = 2048;

/** Squared distances |a|^2 + |b|^2 - 2 ab, block by block on the device, in single precision: those of the nearest pairs are computed again exactly. */
export async function comparePairs(tf: Tf, images: Uint8Array, size: number, { levels, most, onProgress }: PairSearch): Promise<Pairs> {
  const count = images.length / size;
  const blocks = Math.ceil(count / BLOCK);
  const total = (blocks * (blocks + 1)) / 2;
  const limits = levels.map((level) => size * level * level);
  const counts = levels.map(() => 0);
  const nearest = new Nearest(most);
  let done = 0;
  for (let row = 0; row < blocks; row++) {
    const rows = place(tf, images, size, row);
    for (let column = row; column < blocks; column++) {
      const columns = place(tf, images, size, column);
      const squares = squaredDistances(tf, rows, columns);
      tf.dispose([columns.images, columns.norms]);
      const width = columns.images.shape[0];
      for (let i = 0; i < rows.images.shape[0]; i++) {
        const first = row * BLOCK + i;
        for (let j = row === column ? i + 1 : 0; j < width; j++) {
          const square = squares[i * width + j];
          for (let k = limits.length - 1; k >= 0 && square <= limits[k]; k--) counts[k]++;
          if (square < nearest.limit) nearest.add({ first, second: column * BLOCK + j, square });
        }
      }
      onProgress?.(++done, total);
      await setImmediate(); // a turn of the event loop, in which signals arrive
    }
    tf.dispose([rows.images, rows.norms]);
  }
  const exact = nearest.pairs.map(({ first, second }) => ({ first, second, distance: distance(images, size, first, second) }));
  return { counts, nearest: exact.sort((a, b) => a.distance - b.distance) };
}

/** The number of pairs with the same bytes. */
export function identicalPairs(images: Uint8Array, size: number): number {
  const seen = new Map<string, number>();
  let pairs = 0;
  for (let at = 0; at < images.length; at += size) {
    const digest = createHash("sha1")
      .update(images.subarray(at, at + size))
      .digest("base64");
    const before = seen.get(digest) ?? 0;
    pairs += before;
    seen.set(digest, before + 1);
  }
  return pairs;
}

interface Placed {
  readonly images: TF.Tensor2D;
  readonly norms: TF.Tensor;
}

/** A block of images on the device, with their squared norms; centred, so that they are small. */
function place(tf: Tf, images: Uint8Array, size: number, block: number): Placed {
  const bytes = images.subarray(block * BLOCK * size, (block + 1) * BLOCK * size);
  const placed = tf.tensor2d(
    Float32Array.from(bytes, (byte) => byte - 128),
    [bytes.length / size, size],
  );
  return { images: placed, norms: tf.tidy(() => tf.sum(tf.square(placed), 1, true)) };
}

/** [rows, columns] */
function squaredDistances(tf: Tf, rows: Placed, columns: Placed): Float32Array {
  const squares = tf.tidy(() => {
    const products = tf.matMul(rows.images, columns.images, false, true);
    return tf.sub(tf.add(rows.norms, tf.transpose(columns.norms)), tf.mul(products, 2));
  });
  const values = squares.dataSync() as Float32Array; // not in the tidy, which would look for tensors in each element
  squares.dispose();
  return values;
}

function distance(images: Uint8Array, size: number, first: number, second: number): number {
  let sum = 0;
  for (let i = 0; i < size; i++) sum += (images[first * size + i] - images[second * size + i]) ** 2;
  return Math.sqrt(sum / size);
}

interface Candidate {
  readonly first: number;
  readonly second: number;
  readonly square: number;
}

/** The nearest `most` of all candidates, in order. */
class Nearest {
  readonly #most: number;
  readonly pairs: Candidate[] = [];
  /** A candidate must have less. */
  limit = Number.POSITIVE_INFINITY;

  constructor(most: number) {
    this.#most = most;
  }

  add(candidate: Candidate): void {
    const after = this.pairs.findIndex(({ square }) => square > candidate.square);
    this.pairs.splice(after < 0 ? this.pairs.length : after, 0, candidate);
    if (this.pairs.length > this.#most) this.pairs.pop();
    if (this.pairs.length === this.#most) this.limit = this.pairs[this.#most - 1].square;
  }
}
