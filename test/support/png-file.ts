/**
 * PNG files of every kind that we read, written from the specification's own tables: fast-png's encoder knows half of
 * them.
 */
import { deflate } from "pako";
import type { Chunk } from "../../wasm-model/render/image/chunks.ts";

export interface PngKind {
  readonly width: number;
  readonly height: number;
  /** Colour type: 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha. */
  readonly type: number;
  readonly depth: number;
}

/** Numbers in a pixel, by colour type. */
export const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** Every colour type with every depth of 1 to 8 bits that it may have (table 11.1). */
export const KINDS: readonly (readonly [type: number, depth: number])[] = [
  ...[1, 2, 4, 8].map((depth) => [0, depth] as const),
  [2, 8],
  ...[1, 2, 4, 8].map((depth) => [3, depth] as const),
  [4, 8],
  [6, 8],
];

/**
 * Scanlines of these numbers, height x width x channels; the filter of row k of all is `filters[k % filters.length]`.
 */
export function scanlinesOf({ width, height, type, depth }: PngKind, samples: readonly number[], filters = [0]): Uint8Array {
  const channels = CHANNELS[type];
  const lines: number[] = [];
  let above: number[] = [];
  for (let y = 0; y < height; y++) {
    const bits = samples.slice(y * width * channels, (y + 1) * width * channels).map((value) => value.toString(2).padStart(depth, "0"));
    const row = (bits.join("").match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, "0"), 2));
    const filter = filters[y % filters.length];
    lines.push(filter, ...filtered(filter, row, above, Math.ceil((channels * depth) / 8)));
    above = row;
  }
  return Uint8Array.from(lines);
}

/** Section 9.2. */
function filtered(filter: number, row: readonly number[], above: readonly number[], step: number): number[] {
  return row.map((x, i) => {
    const [a, b, c] = [row[i - step] ?? 0, above[i] ?? 0, above[i - step] ?? 0];
    switch (filter) {
      case 1:
        return x - a;
      case 2:
        return x - b;
      case 3:
        return x - Math.floor((a + b) / 2);
      case 4: {
        const p = a + b - c;
        const distance = Math.min(...[a, b, c].map((q) => Math.abs(p - q)));
        return x - ([a, b, c].find((q) => Math.abs(p - q) === distance) ?? 0);
      }
      default:
        return x;
    }
  });
}

export function headerChunk({ width, height, type, depth }: PngKind): Chunk {
  const data = new Uint8Array(13);
  const view = new DataView(data.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  data.set([depth, type, 0, 0, 0], 8);
  return { type: "IHDR", data };
}

export const END: Chunk = { type: "IEND", data: new Uint8Array() };

/** IDAT chunks of these scanlines, so many. */
export function dataChunks(scanlines: Uint8Array, count = 1): Chunk[] {
  const data = deflate(scanlines);
  const size = Math.ceil(data.length / count);
  return Array.from({ length: count }, (_, i) => ({ type: "IDAT", data: data.subarray(i * size, (i + 1) * size) }));
}
