/** Made-up images and archives for tests. */
import { gzipSync } from "node:zlib";
import sharp, { type Sharp } from "sharp";
import { type Header, pack } from "tar-stream";

export type Rgb = readonly [red: number, green: number, blue: number];
export const RED: Rgb = [220, 30, 40];
export const BLUE: Rgb = [30, 60, 200];
export const GREY: Rgb = [90, 90, 90];

/** An image whose left half has one colour and whose right half another. */
export function halves(width: number, height: number, left: Rgb, right: Rgb = left): Sharp {
  const pixels = Uint8Array.from({ length: 3 * width * height }, (_, i) => (Math.floor(i / 3) % width < width / 2 ? left : right)[i % 3]);
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

/** A .tar.gz of files in the order given; `headers` of more of its entries. */
export async function tarGz(files: Readonly<Record<string, Uint8Array>>, headers: readonly Partial<Header>[] = []): Promise<Uint8Array> {
  const tar = pack();
  for (const header of headers) tar.entry({ name: "unnamed", ...header });
  for (const [name, bytes] of Object.entries(files)) tar.entry({ name }, Buffer.from(bytes));
  tar.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of tar as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return gzipSync(Buffer.concat(chunks));
}

/** The colour of the pixel (x, y) of an image [H, W, 3]. */
export const pixel = (pixels: Uint8Array, width: number, x: number, y: number): number[] => [
  ...pixels.subarray(3 * (y * width + x), 3 * (y * width + x) + 3),
];

/** The largest difference of two colours in a channel. */
export const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from({ length: 3 }, (_, c) => Math.abs(a[c] - b[c])));
