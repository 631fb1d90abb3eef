/** Distances from the points of one set to the nearest ones of another, by brute force on the device. N points of `size` numbers in an array of N size. */
import type * as TF from "@tensorflow/tfjs";
import type { Tf } from "../network/score-network.ts";

/** Distances that lie on the device at a time, in numbers: 64 MB. */
const BLOCK = 2 ** 24;

/** Rows of points on the device, and what distances to them need: its transpose and squared norms. */
interface Placed {
  readonly transposed: TF.Tensor2D;
  readonly norms: TF.Tensor;
}

/** Walks through `points` in blocks of rows; `visit` gets the squared distances [rows, N] to all `references` and the index of the first row. */
async function walk(
  tf: Tf,
  points: Float32Array,
  references: Float32Array,
  size: number,
  visit: (distances: TF.Tensor2D, first: number) => void,
  onProgress: (done: number) => void | Promise<void> = () => {},
): Promise<void> {
  const placed: Placed = tf.tidy(() => {
    const rows = tf.tensor2d(references, [references.length / size, size]);
    return { transposed: tf.transpose(rows), norms: tf.sum(tf.square(rows), 1) } as unknown as TF.TensorContainerObject;
  }) as unknown as Placed;
  const count = points.length / size;
  const rows = Math.max(1, Math.floor((BLOCK * size) / references.length));
  for (let first = 0; first < count; first += rows) {
    const last = Math.min(first + rows, count);
    tf.tidy(() => {
      const block = tf.tensor2d(points.subarray(first * size, last * size), [last - first, size]);
      const norms = tf.sum(tf.square(block), 1, true);
      const products = tf.matMul(block, placed.transposed);
      visit(tf.relu(tf.sub(tf.add(norms, placed.norms), tf.mul(products, 2))), first); // rounding makes some that are 0 negative
    });
    await onProgress(last);
  }
  tf.dispose([placed.transposed, placed.norms]);
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

/** Share of the points that lie within some reference's own radius around it. */
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
