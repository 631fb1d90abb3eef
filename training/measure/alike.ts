/**
 * How many images it takes until two look alike, from all pairs of N images of `size` bytes. Two look alike if the root
 * mean square difference of their bytes is at most LEVEL.
 *
 * The number is estimated by the birthday paradox (Arora, Risteski and Zhang 2018, "Do GANs learn the distribution?
 * Some theory and empirics", section 3): if two random images are alike with probability q, there would be 1 / q
 * distinct images if all were equally likely. The share of alike pairs among all pairs is an unbiased estimate of q
 * (Simpson 1949).
 */
import { setImmediate } from "node:timers/promises";
import type { Tf } from "../network/score-network.ts";
import { place, squaredDistances } from "./neighbours.ts";

/** In grey levels, 0 to 255. */
export const LEVEL = 12;

/** Images on each side of a block of distances, which takes 16 MB. */
const BLOCK = 2048;

/** The number of pairs that look alike. Distances are computed block by block on the device, in single precision. */
export async function alikePairs(tf: Tf, images: Uint8Array, size: number): Promise<number> {
  const blocks = Math.ceil(images.length / size / BLOCK);
  const limit = size * LEVEL * LEVEL;
  let pairs = 0;
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
        for (let j = row === column ? i + 1 : 0; j < width; j++) if (squares[i * width + j] <= limit) pairs++;
      }
      await setImmediate(); // lets signals arrive
    }
    rows.dispose();
  }
  return pairs;
}

/** A block of images, centred so that the numbers are small, [rows, size]. */
function blockOf(images: Uint8Array, size: number, block: number): Float32Array {
  return Float32Array.from(images.subarray(block * BLOCK * size, (block + 1) * BLOCK * size), (byte) => byte - 128);
}

/**
 * Images until two look alike with probability 1/2, sqrt(2 ln 2 / q), if `pairs` of those among `count` images do. With
 * none the number is higher than that of one pair.
 */
export const evenChance = (count: number, pairs: number): number =>
  Math.sqrt((2 * Math.LN2 * (count * (count - 1))) / 2 / Math.max(1, pairs));

/** In words. */
export function describeAlike(count: number, pairs: number): string {
  const images = Math.round(evenChance(count, pairs)).toLocaleString("en");
  return `alike: ${pairs} pairs of ${count} images differ by at most ${LEVEL} of 255 grey levels (root mean square). It takes ${pairs === 0 ? "more than" : "about"} ${images} images for an even chance that two look alike`;
}
