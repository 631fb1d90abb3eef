/** Are a model's pictures copies of its training images? Each beside its nearest one, and their mean distance beside that of held-out images. */
import type * as TF from "@tensorflow/tfjs";
import { grid } from "../../wasm-model/render/image/grid.ts";
import { encodePng } from "../../wasm-model/render/image/png.ts";
import { unitRange } from "../data/batches.ts";
import type { Dataset } from "../data/dataset.ts";
import { pieces, type Split } from "../data/split.ts";
import type { Tf } from "../network/score-network.ts";

/** Pictures that are looked at, and the most held-out images. */
export const LOOKED_AT = 64;
const HELD_OUT = 256;
const COLUMNS = 8;
/** Distances up to it are 0 but for rounding. */
const SAME = 1e-2;

export interface Memorization {
  /** PNG: a row of eight pictures above a row of their nearest training images, and so on. */
  readonly sheet: Uint8Array;
  /** Mean distances to the nearest training image, of values in [-1, 1]: of the pictures, and of held-out images unless they are training images too. */
  readonly distance: number;
  readonly heldOut?: number;
}

/** Of pictures [N, H, W, C]. */
export async function memorization(tf: Tf, { train, test, width, height, channels }: Dataset, pictures: Uint8Array): Promise<Memorization> {
  const size = width * height * channels;
  const nearest = await nearestImages(tf, pictures, train, size);
  const heldOut = mean(await nearestImages(tf, test.images(0, Math.min(HELD_OUT, test.count)), train, size));
  const image = (pixels: Uint8Array) => ({ pixels, width, height, channels });
  const count = pictures.length / size;
  const rows = Array.from({ length: Math.ceil(count / COLUMNS) }, (_, row) => {
    const own = Array.from({ length: COLUMNS }, (_, i) => row * COLUMNS + i);
    const blank = new Uint8Array(size);
    return [
      ...own.map((i) => image(i < count ? pictures.subarray(i * size, (i + 1) * size) : blank)),
      ...own.map((i) => image(i < count ? train.images(nearest[i].index, nearest[i].index + 1) : blank)),
    ];
  });
  const isHeldOut = heldOut > SAME; // training images stand in for held-out ones where there are none
  return { sheet: encodePng(grid(rows.flat(), COLUMNS)), distance: mean(nearest), ...(isHeldOut && { heldOut }) };
}

/** In one line. */
export function describeMemorization({ distance, heldOut }: Memorization, trainingImages: number): string {
  const far = `the pictures' mean distance to the nearest of the ${trainingImages} training images is ${distance.toFixed(3)}`;
  if (heldOut === undefined) return `memorization: ${far}; held-out images are among these, so there is nothing to compare with`;
  return `memorization: ${far}, ${(distance / heldOut).toFixed(2)} times that of held-out images (far below 1: copies)`;
}

export interface Nearest {
  readonly index: number;
  /** Between values in [-1, 1]. */
  readonly distance: number;
}

/** The nearest image of a split to each of `points` [N, size]; the split is read piece by piece. */
export async function nearestImages(tf: Tf, points: Uint8Array, split: Split, size: number): Promise<Nearest[]> {
  const count = points.length / size;
  const own = tf.tensor2d(unitRange(points), [count, size]);
  const ownNorms = tf.tidy(() => tf.sum(tf.square(own), 1, true));
  const best: { index: number; square: number }[] = Array.from({ length: count }, () => ({ index: 0, square: Number.POSITIVE_INFINITY }));
  let first = 0;
  for (const piece of pieces(split)) {
    const [squares, places] = tf.tidy(() => {
      const others = tf.tensor2d(unitRange(piece), [piece.length / size, size]);
      const products = tf.matMul(own, others, false, true);
      const distances = tf.sub(tf.add(ownNorms, tf.sum(tf.square(others), 1)), tf.mul(products, 2));
      return [tf.min(distances, 1), tf.argMin(distances, 1)];
    }) as [TF.Tensor, TF.Tensor];
    const [values, indices] = [await squares.data(), await places.data()];
    tf.dispose([squares, places]);
    for (const [i, square] of values.entries()) if (square < best[i].square) best[i] = { index: first + indices[i], square };
    first += piece.length / size;
  }
  tf.dispose([own, ownNorms]);
  return best.map(({ index, square }) => ({ index, distance: Math.sqrt(Math.max(0, square)) })); // rounding makes some that are 0 negative
}

const mean = (nearest: readonly Nearest[]): number => nearest.reduce((sum, { distance }) => sum + distance, 0) / nearest.length;
