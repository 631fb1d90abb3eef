/**
 * Tests whether a model copies training images: shows its images beside their nearest training images, and compares
 * their mean distance with that of held-out images.
 */
import { grid } from "../../wasm-model/render/image/grid.ts";
import { encodePng } from "../../wasm-model/render/image/png.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Tf } from "../network/score-network.ts";
import { type Neighbour, nearestImages } from "./neighbours.ts";

/** Number of images that are tested, and the most held-out images. */
export const LOOKED_AT = 64;
const HELD_OUT = 256;
const COLUMNS = 8;
/** Smaller distances are rounding errors. */
const SAME = 1e-2;

export interface Memorization {
  /** PNG: a row of eight images above a row of their nearest training images, and so on. */
  readonly sheet: Uint8Array;
  /**
   * Mean distances to the nearest training image, for values in [-1, 1]: of the images, and of held-out images unless
   * those are training images too.
   */
  readonly distance: number;
  readonly heldOut?: number;
}

/** Tests images [N, H, W, C]. */
export async function memorization(tf: Tf, { train, test, width, height, channels }: Dataset, images: Uint8Array): Promise<Memorization> {
  const size = width * height * channels;
  const nearest = await nearestImages(tf, images, train, size);
  const heldOut = mean(await nearestImages(tf, test.images(0, Math.min(HELD_OUT, test.count)), train, size));
  const image = (pixels: Uint8Array) => ({ pixels, width, height, channels });
  const count = images.length / size;
  const rows = Array.from({ length: Math.ceil(count / COLUMNS) }, (_, row) => {
    const own = Array.from({ length: COLUMNS }, (_, i) => row * COLUMNS + i);
    const blank = new Uint8Array(size);
    return [
      ...own.map((i) => image(i < count ? images.subarray(i * size, (i + 1) * size) : blank)),
      ...own.map((i) => image(i < count ? train.images(nearest[i].index, nearest[i].index + 1) : blank)),
    ];
  });
  const isHeldOut = heldOut > SAME; // without held-out images, training images replace them
  return { sheet: encodePng(grid(rows.flat(), COLUMNS)), distance: mean(nearest), ...(isHeldOut && { heldOut }) };
}

/** In one line. */
export function describeMemorization({ distance, heldOut }: Memorization, trainingImages: number): string {
  const far = `the images' mean distance to the nearest of the ${trainingImages} training images is ${distance.toFixed(3)}`;
  if (heldOut === undefined) return `memorization: ${far}; there are no held-out images to compare with`;
  return `memorization: ${far}, ${(distance / heldOut).toFixed(2)} times that of held-out images (far below 1: copies)`;
}

const mean = (nearest: readonly Neighbour[]): number => nearest.reduce((sum, { distance }) => sum + distance, 0) / nearest.length;
