/**
 * Distances from the points of one set to the nearest points of another, by brute force on the device. N points of
 * `size` numbers are an array of N size numbers.
 */
import type { Tf } from "../network/score-network.ts";
import { pieces, type Split, unitRange } from "../network/split.ts";

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
    const squares = tf.tidy(() => {
      const references = tf.tensor2d(unitRange(piece), [piece.length / size, size]);
      const norms = tf.add(tf.sum(tf.square(placedPoints), 1, true), tf.sum(tf.square(references), 1));
      const all = tf.relu(tf.sub(norms, tf.mul(tf.matMul(placedPoints, references, false, true), 2))); // rounding makes some zeros negative
      if (!own) return all;
      const families = tf.tensor1d(split.families.subarray(first, first + piece.length / size), "int32");
      const isOwn = tf.equal(tf.tensor2d(Int32Array.from(own), [own.length, 1]), families);
      return tf.add(all, tf.mul(tf.cast(isOwn, "float32"), 2 * FAR ** 2));
    });
    const [nearest, places] = [tf.sqrt(tf.min(squares, 1)), tf.argMin(squares, 1)];
    const [distances, indices] = [await nearest.data(), await places.data()];
    tf.dispose([squares, nearest, places]);
    for (const [i, distance] of distances.entries()) {
      if (distance < Math.min(FAR, best[i].distance)) best[i] = { index: first + indices[i], distance };
    }
    first += piece.length / size;
  }
  placedPoints.dispose();
  return best;
}
