/**
 * From decompressed PNG data to numbers: undoes filters and unpacks bits (PNG specification, sections 7 and 9). fast-png
 * does this too, but only together with its own, unbounded decompression.
 */

/** What the header of a PNG file says about its scanlines. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  /** Numbers in a pixel, 1 to 4; 1 for an index into a palette. */
  readonly channels: number;
  /** Bits of a number: 1, 2, 4 or 8. */
  readonly depth: number;
}

/** The prediction of each filter, from the corresponding bytes of the left, upper and upper left pixels. */
const PREDICTORS: readonly ((left: number, above: number, corner: number) => number)[] = [
  () => 0,
  (left) => left,
  (_, above) => above,
  (left, above) => (left + above) >> 1,
  paeth,
];

function paeth(left: number, above: number, corner: number): number {
  const [toLeft, toAbove, toCorner] = [Math.abs(above - corner), Math.abs(left - corner), Math.abs(left + above - 2 * corner)];
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

/** Bytes of a row, without its filter byte. */
const rowBytes = ({ width, channels, depth }: Raster): number => Math.ceil((width * channels * depth) / 8);

/** Bytes of all scanlines. */
export const scanlineBytes = (raster: Raster): number => raster.height * (1 + rowBytes(raster));

/**
 * The numbers of the image, height x width x channels, each from 0 to 2^depth - 1. Throws `RangeError` for a filter
 * that PNG does not have.
 */
export function samplesOf(scanlines: Uint8Array, raster: Raster): Uint8Array {
  const { width, height, channels, depth } = raster;
  const length = rowBytes(raster);
  const bytes = unfiltered(scanlines, length, Math.max(1, (channels * depth) / 8));
  const samples = new Uint8Array(height * width * channels);
  for (let row = 0, at = 0; row < height; row++) {
    for (let bit = 8 * row * length, i = 0; i < width * channels; i++, bit += depth) {
      samples[at++] = (bytes[bit >> 3] >> (8 - depth - (bit & 7))) & ((1 << depth) - 1); // the first number is in the highest bits
    }
  }
  return samples;
}

/** The bytes of all rows without filters. Neighbouring pixels are `step` bytes apart. */
function unfiltered(scanlines: Uint8Array, length: number, step: number): Uint8Array {
  const rows = scanlines.length / (1 + length);
  const bytes = new Uint8Array(rows * length);
  for (let row = 0; row < rows; row++) {
    const start = row * (1 + length);
    const predict = PREDICTORS[scanlines[start]];
    if (!predict) throw new RangeError(`a PNG file with the filter ${scanlines[start]}`);
    for (let i = 0; i < length; i++) {
      const at = row * length + i;
      const left = i < step ? 0 : bytes[at - step];
      const above = row === 0 ? 0 : bytes[at - length];
      const corner = i < step || row === 0 ? 0 : bytes[at - length - step];
      bytes[at] = scanlines[start + 1 + i] + predict(left, above, corner);
    }
  }
  return bytes;
}
