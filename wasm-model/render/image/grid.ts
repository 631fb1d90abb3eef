/** Several images as one. */
import type { OwnPixels, Pixels } from "./png.ts";

/**
 * Images of equal shape (at least one), row by row, `columns` in a row. Empty cells of the last row are black, or
 * transparent.
 */
export function grid(images: readonly Pixels[], columns: number): OwnPixels {
  const { width, height, channels } = images[0];
  const stride = columns * width * channels;
  const rows = Math.ceil(images.length / columns);
  const pixels = new Uint8Array(rows * height * stride);
  for (const [i, image] of images.entries()) {
    const corner = Math.floor(i / columns) * height * stride + (i % columns) * width * channels;
    for (let y = 0; y < height; y++) {
      pixels.set(image.pixels.subarray(y * width * channels, (y + 1) * width * channels), corner + y * stride);
    }
  }
  return { pixels, width: columns * width, height: rows * height, channels };
}
