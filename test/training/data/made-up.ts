/** Made-up images for tests. */
import sharp, { type Sharp } from "sharp";

export type Rgb = readonly [red: number, green: number, blue: number];
export const RED: Rgb = [220, 30, 40];
export const BLUE: Rgb = [30, 60, 200];
export const GREY: Rgb = [90, 90, 90];

/** An image whose left half has one colour and whose right half another. */
export function halves(width: number, height: number, left: Rgb, right: Rgb = left): Sharp {
  const pixels = Uint8Array.from({ length: 3 * width * height }, (_, i) => (Math.floor(i / 3) % width < width / 2 ? left : right)[i % 3]);
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

/** The colour of the pixel (x, y) of an image [H, W, 3]. */
export const pixel = (pixels: Uint8Array, width: number, x: number, y: number): number[] => [
  ...pixels.subarray(3 * (y * width + x), 3 * (y * width + x) + 3),
];

/** The largest difference of two colours in a channel. */
export const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from({ length: 3 }, (_, c) => Math.abs(a[c] - b[c])));
