/** Conversion between network values and bytes. C channels, H x W pixels. */

import type { Pixels } from "./png.ts";

/** Interleaved bytes [H, W, C] -> planar values [C, H, W] in [-1, 1]. */
export function fromPixels({ pixels, width, height, channels }: Pixels): Float32Array {
  const area = width * height;
  const values = new Float32Array(channels * area);
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < area; i++) values[c * area + i] = pixels[i * channels + c] / 127.5 - 1;
  }
  return values;
}

/**
 * Planar values [C, H, W] in [-1, 1] -> interleaved bytes [H, W, C]: round((v + 1) 127.5), clamped to 0..255.
 * Halves round up. One addition, one product and one rounding in double precision: the same on every machine.
 */
export function toPixels(values: ArrayLike<number>, channels: number): Uint8Array<ArrayBuffer> {
  const area = values.length / channels;
  const pixels = new Uint8Array(values.length);
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < area; i++) {
      pixels[i * channels + c] = Math.min(255, Math.max(0, Math.round((values[c * area + i] + 1) * 127.5)));
    }
  }
  return pixels;
}
