/**
 * Estimates how many distinct images a model draws, and finds the most similar ones, from all pairs of N images of
 * `size` bytes. The distance between two images is the root mean square difference of their bytes.
 *
 * The number is estimated by the birthday paradox (Arora, Risteski and Zhang 2018, "Do GANs learn the distribution?
 * Some theory and empirics", section 3): if two random images are alike with probability q, there would be 1 / q
 * distinct images if all were equally likely. If they are not, there are more. The share of alike pairs among all pairs
 * is an unbiased estimate of q (Simpson 1949).
 */
import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { Tf } from "../network/score-network.ts";
import { place, squaredDistances } from "./neighbours.ts";

export interface Estimate {
  /** Pairs / alike pairs; undefined if no pair is alike. */
  readonly distinct: number | undefined;
  /** Ends of its 95 % interval. The upper one is undefined if no pair is alike. */
  readonly atLeast: number;
  readonly atMost: number | undefined;
}

/** 97.5 % quantile of the standard Gaussian. */
const Z = 1.96;

/**
 * `alike`: the number of alike pairs among `count` images. It is treated as a Poisson variable, which holds as long as
 * few images have a similar one.
 */
export function distinctImages(count: number, alike: number): Estimate {
  const pairs = (count * (count - 1)) / 2;
  const [low, high] = poissonInterval(alike);
  return { distinct: alike === 0 ? undefined : pairs / alike, atLeast: pairs / high, atMost: low === 0 ? undefined : pairs / low };
}

/**
 * The 95 % interval of a Poisson mean after `n` events, by Byar's approximation (Breslow and Day 1987, equation 2.11),
 * within 3 % of the exact one.
 */
function poissonInterval(n: number): readonly [number, number] {
  const bound = (events: number, z: number): number => events * (1 - 1 / (9 * events) + z / (3 * Math.sqrt(events))) ** 3;
  return [n === 0 ? 0 : Math.max(0, bound(n, -Z)), bound(n + 1, Z)];
}

/** Images drawn from `distinct` equally likely ones until two are alike with probability 1/2: sqrt(2 ln 2 distinct). */
export const evenChance = (distinct: number): number => Math.sqrt(2 * Math.LN2 * distinct);

export interface Pair {
  /** Indices of the images, the smaller one first. */
  readonly first: number;
  readonly second: number;
  /** In grey levels, 0 to 255. */
  readonly distance: number;
}

export interface Pairs {
  /** For each of the `levels`, the number of pairs whose distance is at most the level. */
  readonly counts: readonly number[];
  /** The nearest pairs, in ascending order of distance. */
  readonly nearest: readonly Pair[];
}

export interface PairSearch {
  /** Distances up to which pairs are counted, in ascending order. */
  readonly levels: readonly number[];
  /** How many of the nearest pairs to keep. */
  readonly most: number;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Images on each side of a block of distances, which takes 16 MB. */
const BLOCK = 2048;

/**
 * Computes distances block by block on the device, in single precision. Those of the nearest pairs are recomputed
 * exactly.
 */
export async function comparePairs(tf: Tf, images: Uint8Array, size: number, { levels, most, onProgress }: PairSearch): Promise<Pairs> {
  const count = images.length / size;
  const blocks = Math.ceil(count / BLOCK);
  const total = (blocks * (blocks + 1)) / 2;
  const limits = levels.map((level) => size * level * level);
  const counts = levels.map(() => 0);
  const nearest = new Nearest(most);
  let done = 0;
  for (let row = 0; row < blocks; row++) {
    const values = blockOf(images, size, row);
    const rows = tf.tensor2d(values, [values.length / size, size]);
    for (let column = row; column < blocks; column++) {
      const columns = place(tf, blockOf(images, size, column), size);
      const tensor = squaredDistances(tf, rows, columns);
      const squares = tensor.dataSync() as Float32Array;
      tf.dispose([tensor, columns.transposed, columns.norms]);
      const [height, width] = tensor.shape;
      for (let i = 0; i < height; i++) {
        const first = row * BLOCK + i;
        for (let j = row === column ? i + 1 : 0; j < width; j++) {
          const square = squares[i * width + j];
          for (let k = limits.length - 1; k >= 0 && square <= limits[k]; k--) counts[k]++;
          if (square < nearest.limit) nearest.add({ first, second: column * BLOCK + j, square });
        }
      }
      onProgress?.(++done, total);
      await setImmediate(); // lets signals arrive
    }
    rows.dispose();
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

/** A block of images, centred so that the numbers are small, [rows, size]. */
function blockOf(images: Uint8Array, size: number, block: number): Float32Array {
  const bytes = images.subarray(block * BLOCK * size, (block + 1) * BLOCK * size);
  const values = new Float32Array(bytes.length);
  for (let i = 0; i < values.length; i++) values[i] = bytes[i] - 128;
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

/** The `most` nearest of all candidates, in order. */
class Nearest {
  readonly #most: number;
  readonly pairs: Candidate[] = [];
  /** Candidates must have a smaller distance. */
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
