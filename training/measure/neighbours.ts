/**
 * Distances from the points of one set to the nearest points of another, by brute force on the device. N points of
 * `size` numbers are an array of N size numbers.
 */
import type * as TF from "@tensorflow/tfjs";
import type { Tf } from "../network/score-network.ts";
import { pieces, type Split, unitRange } from "../network/split.ts";

/** References on the device: their transpose and squared norms. */
export interface References {
  readonly transposed: TF.Tensor2D;
  readonly norms: TF.Tensor1D;
}

/** Places N references on the device; the caller disposes of them. */
export function placeReferences(tf: Tf, references: Float32Array, size: number): References {
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

export interface Neighbour {
  readonly index: number;
  /** For values in [-1, 1]. */
  readonly distance: number;
}

/** Farther than any two images. */
const FAR = 1e4;

/**
 * The nearest image of a split to each of the images `points` [N, size]; reads the split in pieces. `own`: the families of
 * the points, if they are images of the split themselves, which are then compared with those of other families only.
 */
export async function nearestImages(tf: Tf, points: Uint8Array, split: Split, size: number, own?: readonly number[]): Promise<Neighbour[]> {
  if (points.length === 0) return [];
  const placedPoints = tf.tensor2d(unitRange(points), [points.length / size, size]);
  const best = Array.from({ length: points.length / size }, () => ({ index: 0, distance: Number.POSITIVE_INFINITY }));
  let first = 0;
  for (const piece of pieces(split)) {
    const placed = placeReferences(tf, unitRange(piece), size);
    const squares = tf.tidy(() => {
      const all = squaredDistances(tf, placedPoints, placed);
      if (!own) return all;
      const families = tf.tensor1d(split.families.subarray(first, first + piece.length / size), "int32");
      const isOwn = tf.equal(tf.tensor2d(Int32Array.from(own), [own.length, 1]), families);
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
