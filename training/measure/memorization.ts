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
/** Drawn and held-out images of a class that tell something about it. */
const ENOUGH = 16;
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
  /** Of several classes the one whose images are closest to training images, compared with held-out images of its own. */
  readonly closest?: { readonly label: string; readonly ratio: number };
}

/** Tests images [N, H, W, C] of these classes. */
export async function memorization(
  tf: Tf,
  { train, test, width, height, channels, labels }: Dataset,
  images: Uint8Array,
  classes: ArrayLike<number>,
): Promise<Memorization> {
  const size = width * height * channels;
  const nearest = await nearestImages(tf, images, train, size);
  // Spread over the test images, which may be sorted by class.
  const compared = Math.min(HELD_OUT, test.count);
  const held = Array.from({ length: compared }, (_, i) => Math.floor((i * test.count) / compared));
  const nearestHeldOut = await nearestImages(tf, Buffer.concat(held.map((i) => test.images(i, i + 1))), train, size);
  const heldOut = mean(nearestHeldOut);
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
  const [closest] = labels
    .map((label, k) => {
      const own = nearest.filter((_, i) => classes[i] === k);
      const others = nearestHeldOut.filter((_, i) => test.labels[held[i]] === k);
      return { label, ratio: mean(own) / mean(others), count: Math.min(own.length, others.length) };
    })
    .filter(({ count }) => count >= ENOUGH)
    .sort((a, b) => a.ratio - b.ratio);
  return {
    ...{ sheet: encodePng(grid(rows.flat(), COLUMNS)), distance: mean(nearest) },
    ...(isHeldOut && { heldOut }),
    ...(isHeldOut && labels.length > 1 && closest && { closest: { label: closest.label, ratio: closest.ratio } }),
  };
}

/** In one line. */
export function describeMemorization({ distance, heldOut, closest }: Memorization, trainingImages: number): string {
  const far = `the images' mean distance to the nearest of the ${trainingImages} training images is ${distance.toFixed(3)}`;
  if (heldOut === undefined) return `memorization: ${far}; there are no held-out images to compare with`;
  const ofClass = closest ? `; of the closest class, ${closest.label}, ${closest.ratio.toFixed(2)} times` : "";
  return `memorization: ${far}, ${(distance / heldOut).toFixed(2)} times that of held-out images${ofClass} (far below 1: copies)`;
}

const mean = (nearest: readonly Neighbour[]): number => nearest.reduce((sum, { distance }) => sum + distance, 0) / nearest.length;
