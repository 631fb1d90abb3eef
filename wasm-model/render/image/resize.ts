/**
 * Enlarging an image, and reducing it. Whole multiples repeat pixels exactly; other sizes are interpolated with the Catmull-Rom cubic
 * (Keys 1981, a = -1/2), which passes through the original pixels. It uses only sums and products of doubles in a fixed
 * order, so the bytes are the same everywhere.
 *
 * C channels, H x W pixels in, S H x S W pixels out, S >= 1, each side rounded to whole pixels.
 */

type Planes = readonly [channels: number, height: number, width: number];
type Sides = readonly [height: number, width: number];

/**
 * Planar values [C, H, W] -> [C, newHeight, newWidth]. Both new sides must be at least the old ones. `smooth`: whole
 * multiples are interpolated too.
 */
export function resize(values: Float32Array, shape: Planes, [newHeight, newWidth]: Sides, smooth = false): Float32Array {
  const [, height, width] = shape;
  if (newHeight < height || newWidth < width) {
    throw new RangeError(`Expected at least ${width}x${height} for \`size\` but received ${newWidth}x${newHeight}`);
  }
  if (newHeight === height && newWidth === width) return values;
  const exact = !smooth && newWidth % width === 0 && newHeight % height === 0; // both sides alike, or an image could be smooth across and blocky down
  const taps = (length: number, newLength: number) => (exact ? nearest : interpolated)(length, newLength);
  return separable(values, shape, taps(height, newHeight), taps(width, newWidth));
}

/**
 * Planar values [C, H, W] -> [C, newHeight, newWidth]: means over the areas that the new pixels cover. Both new sides
 * must be at most the old ones.
 */
export function reduce(values: Float32Array, shape: Planes, [newHeight, newWidth]: Sides): Float32Array {
  const [, height, width] = shape;
  return separable(values, shape, covered(height, newHeight), covered(width, newWidth));
}

/** One output position: the input positions that it reads and their weights, which sum to 1. */
interface Tap {
  readonly index: readonly number[];
  readonly weight: readonly number[];
}

/** Planar values [C, H, W] -> [C, rows, columns]: across first, then down. */
function separable(values: Float32Array, [channels, height, width]: Planes, rows: readonly Tap[], columns: readonly Tap[]): Float32Array {
  const newWidth = columns.length;
  const across = new Float64Array(height * newWidth);
  const line = new Float64Array(newWidth);
  const out = new Float32Array(channels * rows.length * newWidth);
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      const start = (c * height + y) * width;
      for (let x = 0; x < newWidth; x++) across[y * newWidth + x] = sum(values, start, columns[x]);
    }
    for (let y = 0; y < rows.length; y++) {
      const { index, weight } = rows[y];
      line.fill(0);
      for (let k = 0; k < index.length; k++) {
        for (let x = 0; x < newWidth; x++) line[x] += weight[k] * across[index[k] * newWidth + x];
      }
      out.set(line, (c * rows.length + y) * newWidth);
    }
  }
  return out;
}

function sum(values: Float32Array, start: number, { index, weight }: Tap): number {
  let total = 0;
  for (let k = 0; k < index.length; k++) total += weight[k] * values[start + index[k]];
  return total;
}

/** The pixel that each of `newLength` output positions lies in. */
const nearest = (length: number, newLength: number): Tap[] =>
  Array.from({ length: newLength }, (_, i) => ({ index: [Math.floor((i * length) / newLength)], weight: [1] }));

/** The four pixels around each output position. Pixel centres are at i + 1/2, and border pixels repeat outwards. */
function interpolated(length: number, newLength: number): Tap[] {
  const clamp = (i: number): number => Math.min(length - 1, Math.max(0, i));
  return Array.from({ length: newLength }, (_, i) => {
    const centre = ((i + 0.5) * length) / newLength - 0.5;
    const left = Math.floor(centre);
    return { index: [clamp(left - 1), clamp(left), clamp(left + 1), clamp(left + 2)], weight: catmullRom(centre - left) };
  });
}

/** The pixels that each output position covers, by the share that is covered. */
function covered(length: number, newLength: number): Tap[] {
  return Array.from({ length: newLength }, (_, i) => {
    const [from, to] = [(i * length) / newLength, ((i + 1) * length) / newLength];
    const first = Math.floor(from);
    const index = Array.from({ length: Math.ceil(to) - first }, (_, k) => first + k);
    return { index, weight: index.map((pixel) => (Math.min(to, pixel + 1) - Math.max(from, pixel)) / (to - from)) };
  });
}

/** Weights of the pixels at -1, 0, 1 and 2 for the position t in [0, 1) (Keys 1981, eq. 15 with a = -1/2). */
function catmullRom(t: number): readonly [number, number, number, number] {
  return [0.5 * t * (-1 + t * (2 - t)), 0.5 * (2 + t * t * (-5 + 3 * t)), 0.5 * t * (1 + t * (4 - 3 * t)), 0.5 * t * t * (t - 1)];
}
