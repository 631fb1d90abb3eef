/**
 * The memory layout of maps and filters. All maps are pixel-major (row, column, channel), with channels padded to a
 * multiple of 8. Float32 maps are dense. Maps of codes have a border of one pixel, and more on the right and below where tiles
 * end beyond the map (assembly/winograd.ts).
 */

export interface MapSize {
  readonly height: number;
  readonly width: number;
  /** A multiple of 8 for maps of codes. */
  readonly channels: number;
}

export const paddedChannels = (channels: number): number => Math.ceil(channels / 8) * 8;

/** Pixels of a side from which on tiles of 4x4 are faster than tiles of 2x2. */
const LARGE = 7;

/** Whether a 3x3 convolution of this map is by tiles of 4x4 pixels, where it is Winograd's. */
export const suitsLargeTiles = ({ height, width }: MapSize): boolean => Math.min(height, width) >= LARGE;

/** Pixels of a side, border included. */
export function borderedSize(n: number): number {
  const tile = n < LARGE ? 2 : 4;
  return Math.ceil(n / tile) * tile + 2;
}

/** Bytes of a map with border, `bytes` per pixel. */
export const borderedBytes = ({ height, width }: MapSize, bytes: number): number => borderedSize(height) * borderedSize(width) * bytes;

/** Offset of the first inner pixel. */
export const firstInner = ({ width }: MapSize, bytes: number): number => (borderedSize(width) + 1) * bytes;

/** Byte offset of each pixel from the first, row by row; padded to a multiple of four by repeating the last one. */
export function pixelOffsets({ height, width }: MapSize, bytes: number): Uint32Array {
  const pixels = height * width;
  return Uint32Array.from({ length: Math.ceil(pixels / 4) * 4 }, (_, i) => {
    const pixel = Math.min(i, pixels - 1);
    return (Math.floor(pixel / width) * borderedSize(width) + (pixel % width)) * bytes;
  });
}

/** Packs [outputs][inputs][3][3] into [outputs/8][3][3][inputs][8], padded with zeros, as the float32 convolution reads it. */
export function packFilters(filters: Float32Array, outputs: number, inputs: number): Float32Array {
  const packed = new Float32Array(paddedChannels(outputs) * inputs * 9);
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) {
      for (let tap = 0; tap < 9; tap++) packed[(((o >> 3) * 9 + tap) * inputs + i) * 8 + (o & 7)] = filters[(o * inputs + i) * 9 + tap];
    }
  }
  return packed;
}
