/**
 * Distances from the points of one set to the nearest points of another, by brute force on the device. N points of
 * `size` numbers are an array of N size numbers.
 */
import type * as TF from "@tensorflow/tfjs";
import { unitRange } from "../data/batches.ts";
import { pieces, type Split } from "../data/dataset.ts";
import type { Tf } from "../network/score-network.ts";

/** Most distances on the device at a time: 64 MB. */
const BLOCK = 2 ** 24;

/** References on the device: their transpose and squared norms. */
export interface References {
  readonly transposed: TF.Tensor2D;
  readonly norms: TF.Tensor1D;
}

/** Places N references on the device; the caller disposes of them. */
export function place(tf: Tf, references: Float32Array, size: number): References {
  const rows = tf.tensor2d(references, [references.length / size, size]);
  const placed = { transposed: tf.transpose(rows), norms: tf.tidy(() => tf.sum(tf.square(rows), 1)) } as References;
  rows.dispose();
  return placed;
}

/** |a|^2 + |b|^2 - 2 ab of points [B, size] and references -> [B, N]. */
export function squaredDistances(tf: Tf, points: TF.Tensor2D, { transposed, norms }: References): TF.Tensor2D {
  return tf.tidy(() => {
    const own = tf.sum(tf.square(points), 1, true);
    return tf.relu(tf.sub(tf.add(own, norms), tf.mul(tf.matMul(points, transposed), 2))); // rounding makes some zeros negative
  }) as TF.Tensor2D;
}

/**
 * Walks through `points` in blocks of rows; `visit` gets the squared distances [rows, N] to all `references` and the
 * index of the first row.
 */
async function walk(
  tf: Tf,
  points: Float32Array,
  references: Float32Array,
  size: number,
  visit: (squares: TF.Tensor2D, first: number) => void,
  onProgress: (done: number) => void | Promise<void> = () => {},
): Promise<void> {
  const placed = place(tf, references, size);
  const count = points.length / size;
  const rows = Math.max(1, Math.floor((BLOCK * size) / references.length));
  for (let first = 0; first < count; first += rows) {
    const last = Math.min(first + rows, count);
    tf.tidy(() => {
      const block = tf.tensor2d(points.subarray(first * size, last * size), [last - first, size]);
      visit(squaredDistances(tf, block, placed), first);
    });
    await onProgress(last);
  }
  tf.dispose([placed.transposed, placed.norms]);
}

export interface Neighbour {
  readonly index: number;
  /** For values in [-1, 1]. */
  readonly distance: number;
}

/** Farther than any two images. */
const FAR = 1e4;

/**
 * The nearest image of a split to each of the images `points` [N, size]; reads the split in pieces. `own`: the indices of
 * the points, if they are images of the split themselves, which are then compared with the others only.
 */
export async function nearestImages(tf: Tf, points: Uint8Array, split: Split, size: number, own?: readonly number[]): Promise<Neighbour[]> {
  if (points.length === 0) return [];
  const placedPoints = tf.tensor2d(unitRange(points), [points.length / size, size]);
  const best = Array.from({ length: points.length / size }, () => ({ index: 0, distance: Number.POSITIVE_INFINITY }));
  let first = 0;
  for (const piece of pieces(split)) {
    const placed = place(tf, unitRange(piece), size);
    const squares = tf.tidy(() => {
      const all = squaredDistances(tf, placedPoints, placed);
      if (!own) return all;
      const isOwn = tf.equal(tf.tensor2d(Int32Array.from(own), [own.length, 1]), tf.range(first, first + piece.length / size, 1, "int32"));
      return tf.add(all, tf.mul(tf.cast(isOwn, "float32"), 2 * FAR ** 2));
    });
    const [nearest, places] = [tf.sqrt(tf.min(squares, 1)), tf.argMin(squares, 1)];
    const [distances, indices] = [await nearest.data(), await places.data()];
    tf.dispose([placed.transposed, placed.norms, squares, nearest, places]);
    for (const [i, distance] of distances.entries()) {
      if (distance < Math.min(FAR, best[i].distance)) best[i] = { index: first + indices[i], distance };
    }
    first += piece.length / size;
  }
  placedPoints.dispose();
  return best;
}

/** Distance from each point to its k-th nearest reference, k counted from 1. */
export async function nearestDistances(
  tf: Tf,
  points: Float32Array,
  references: Float32Array,
  size: number,
  { k = 1, onProgress }: { readonly k?: number; readonly onProgress?: (done: number) => void | Promise<void> } = {},
): Promise<Float32Array> {
  const nearest = new Float32Array(points.length / size);
  const visit = (distances: TF.Tensor2D, first: number): void => {
    const squares = k === 1 ? tf.min(distances, 1) : tf.neg(tf.slice(tf.topk(tf.neg(distances), k).values, [0, k - 1], [-1, 1]));
    nearest.set(tf.sqrt(squares).dataSync() as Float32Array, first);
  };
  await walk(tf, points, references, size, visit, onProgress);
  return nearest;
}

/** Share of the points that lie within the radius of at least one reference. */
export async function coveredShare(
  tf: Tf,
  points: Float32Array,
  references: Float32Array,
  radii: Float32Array,
  size: number,
): Promise<number> {
  let covered = 0;
  const squares = tf.square(tf.tensor1d(radii));
  await walk(tf, points, references, size, (distances) => {
    covered += tf.sum(tf.any(tf.lessEqual(distances, squares), 1).toInt()).dataSync()[0];
  });
  squares.dispose();
  return covered / (points.length / size);
}

/**
 * k of improved precision and recall (Kynkäänniemi et al. 2019). They measure whether generated images lie where real
 * ones do, and vice versa. The ball around each point reaches its k-th neighbour in the same set; the union of the
 * balls stands for the set's support.
 */
const NEIGHBOURS = 3;

export interface PrecisionRecall {
  /** Share of the generated images in the support of the real ones. */
  readonly precision: number;
  /** Share of the real images in the support of the generated ones. */
  readonly recall: number;
}

/** Features of a set, rows of `size` numbers, and the radii of the balls around them. */
export interface Support {
  readonly rows: Float32Array;
  readonly radii: Float32Array;
}

/** The radii of a set. In a set of NEIGHBOURS rows or fewer the farthest one counts as the k-th. */
export const supportRadii = (tf: Tf, rows: Float32Array, size: number): Promise<Float32Array> =>
  nearestDistances(tf, rows, rows, size, { k: Math.min(NEIGHBOURS + 1, rows.length / size) }); // the nearest is the point itself

/** Equal counts make the two figures comparable. */
export async function precisionRecall(tf: Tf, real: Support, generated: Support, size: number): Promise<PrecisionRecall> {
  return {
    precision: await coveredShare(tf, generated.rows, real.rows, real.radii, size),
    recall: await coveredShare(tf, real.rows, generated.rows, generated.radii, size),
  };
}
