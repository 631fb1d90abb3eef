/** Bytes of images: to and from network values, padded to the network's image, and side by side. C channels, H x W pixels. */
import type { CroppedShape } from "../../model/card.ts";
import type { OwnPixels, Pixels } from "./png.ts";

/** A byte 0..255 in [-1, 1]. */
export const unitValue = (byte: number): number => byte / 127.5 - 1;

/** Interleaved bytes [N, H, W, C] of one image or N of this shape -> planar values [N, C, H, W] in [-1, 1]. */
export function fromPixels({ pixels, width, height, channels }: Pixels): Float32Array {
  const area = width * height;
  const values = new Float32Array(pixels.length);
  for (let start = 0; start < pixels.length; start += channels * area) {
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < area; i++) values[start + c * area + i] = unitValue(pixels[start + i * channels + c]);
    }
  }
  return values;
}

/**
 * Planar values [C, H, W] in [-1, 1] -> interleaved bytes [H, W, C]: (v + 1) 127.5, rounded and clamped to 0..255. Halves
 * round up. Sums, one product and one truncation in double precision: the same on every machine.
 */
export function toPixels(values: ArrayLike<number>, channels: number): Uint8Array<ArrayBuffer> {
  const area = values.length / channels;
  const pixels = new Uint8Array(values.length);
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < area; i++) {
      const byte = (values[c * area + i] + 1) * 127.5 + 0.5;
      pixels[i * channels + c] = byte < 0 ? 0 : Math.min(byte, 255); // a quarter of the time of Math.round
    }
  }
  return pixels;
}

/** The same array several times, one after the other. */
export function repeated<T extends Float32Array | Uint8Array>(values: T, times: number): T {
  if (times === 1) return values;
  const out = new (values.constructor as new (length: number) => T)(times * values.length);
  for (let k = 0; k < times; k++) out.set(values, k * values.length);
  return out;
}

/** Bytes or values of images [N, h, w, C] -> [N, H, W, C], their place in the network's image. Border pixels repeat outwards. */
export function withBorder<T extends Float32Array | Uint8Array>(images: T, { spec, crop }: CroppedShape): T {
  if (!crop) return images;
  const { height, width, channels } = spec;
  const count = images.length / (crop.height * crop.width * channels);
  const out = new (images instanceof Float32Array ? Float32Array : Uint8Array)(count * height * width * channels) as T;
  const within = (i: number, size: number): number => Math.min(Math.max(i, 0), size - 1);
  for (let at = 0, n = 0; n < count; n++) {
    for (let y = 0; y < height; y++) {
      const row = (n * crop.height + within(y - crop.top, crop.height)) * crop.width;
      for (let x = 0; x < width; x++) {
        const pixel = (row + within(x - crop.left, crop.width)) * channels;
        for (let c = 0; c < channels; c++) out[at++] = images[pixel + c];
      }
    }
  }
  return out;
}

/** Images of equal shape (at least one) as one, `columns` in a row. Empty cells of the last row are white, or transparent. */
export function grid(images: readonly Pixels[], columns: number): OwnPixels {
  const { width, height, channels } = images[0];
  const stride = columns * width * channels;
  const rows = Math.ceil(images.length / columns);
  const pixels = new Uint8Array(rows * height * stride).fill(channels === 4 ? 0 : 255);
  for (const [i, image] of images.entries()) {
    const corner = Math.floor(i / columns) * height * stride + (i % columns) * width * channels;
    for (let y = 0; y < height; y++) {
      pixels.set(image.pixels.subarray(y * width * channels, (y + 1) * width * channels), corner + y * stride);
    }
  }
  return { pixels, width: columns * width, height: rows * height, channels };
}
