/**
 * From decompressed PNG data to sample values: undoes filters and interlacing (PNG specification, sections 7 to 9).
 * fast-png does this too, but only together with its own, unbounded decompression, and it misreads interlaced images
 * of less than 8 bits.
 */

/** What the header of a PNG file says about its scanlines. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  /** Numbers in a pixel, 1 to 4; 1 for an index into a palette. */
  readonly channels: number;
  /** Bits of a number: 1, 2, 4, 8 or 16. */
  readonly depth: number;
  /** Whether there are seven passes (Adam7) instead of one. */
  readonly interlaced: boolean;
}

/** Column and row of a pass's first pixel, and the steps to its next ones. */
type Pass = readonly [x: number, y: number, dx: number, dy: number];

const ONE_PASS: readonly Pass[] = [[0, 0, 1, 1]];
const ADAM7: readonly Pass[] = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
];

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

/** Bytes of a row of `width` pixels, without its filter byte. */
const rowBytes = ({ channels, depth }: Raster, width: number): number => Math.ceil((width * channels * depth) / 8);

function passesOf({ width, height, interlaced }: Raster) {
  return (interlaced ? ADAM7 : ONE_PASS)
    .map(([x, y, dx, dy]) => ({ x, y, dx, dy, columns: Math.ceil((width - x) / dx), rows: Math.ceil((height - y) / dy) }))
    .filter(({ columns, rows }) => columns > 0 && rows > 0);
}

/** Bytes of all scanlines. */
export const scanlineBytes = (raster: Raster): number =>
  passesOf(raster).reduce((sum, { columns, rows }) => sum + rows * (1 + rowBytes(raster, columns)), 0);

/**
 * The numbers of the image, height x width x channels, each from 0 to 2^depth - 1. Throws `RangeError` for a filter
 * that PNG does not have.
 */
export function samplesOf(scanlines: Uint8Array, raster: Raster): Uint16Array {
  const { width, height, channels, depth } = raster;
  const samples = new Uint16Array(height * width * channels);
  let start = 0;
  for (const { x, y, dx, dy, columns, rows } of passesOf(raster)) {
    const length = rowBytes(raster, columns);
    const bytes = unfiltered(scanlines.subarray(start), rows, length, Math.max(1, (channels * depth) / 8));
    for (let row = 0; row < rows; row++) {
      const read = readerOf(bytes.subarray(row * length, (row + 1) * length), depth);
      for (let column = 0; column < columns; column++) {
        const at = ((y + row * dy) * width + x + column * dx) * channels;
        for (let c = 0; c < channels; c++) samples[at + c] = read(column * channels + c);
      }
    }
    start += rows * (1 + length);
  }
  return samples;
}

/** The bytes of a pass without filters. Neighbouring pixels are `step` bytes apart. */
function unfiltered(scanlines: Uint8Array, rows: number, length: number, step: number): Uint8Array {
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

/** A function that reads the number at an index of a row. The first number is in the highest bits. */
function readerOf(row: Uint8Array, depth: number): (index: number) => number {
  if (depth === 16) return (i) => (row[2 * i] << 8) | row[2 * i + 1];
  const most = (1 << depth) - 1;
  return (i) => (row[(i * depth) >> 3] >> (8 - depth - ((i * depth) & 7))) & most;
}
