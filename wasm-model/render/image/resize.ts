/**
 * Enlarging an image, and reducing it. Whole multiples repeat pixels exactly; other sizes are interpolated with the Catmull-Rom cubic
 * (Keys 1981, a = -1/2), which passes through the original pixels. It uses only sums and products of doubles in a fixed
 * order, so the bytes are the same everywhere.
 *
 * C channels, H x W pixels in, S H x S W pixels out, S >= 1, each side rounded to whole pixels.
 */
import { resized, type Taps } from "../../engine/drawing.ts";

type Planes = readonly [channels: number, height: number, width: number];
type Sides = readonly [height: number, width: number];

/** Planar [C, H, W] -> [C, newHeight, newWidth], no smaller. `smooth`: whole multiples are interpolated too. */
export function resize(values: Float32Array, [, height, width]: Planes, [newHeight, newWidth]: Sides, smooth = false): Float32Array {
  if (newHeight < height || newWidth < width) {
    throw new RangeError(`Expected at least ${width}x${height} for \`size\` but received ${newWidth}x${newHeight}`);
  }
  if (newHeight === height && newWidth === width) return values;
  const exact = !smooth && newWidth % width === 0 && newHeight % height === 0; // both sides alike, or an image could be smooth across and blocky down
  const taps = exact ? nearestTaps : cubicTaps;
  return resized(values, height, width, taps(height, newHeight), taps(width, newWidth));
}

/** Planar [C, H, W] -> [C, newHeight, newWidth], no smaller: each new pixel is the one that it lies in. */
export function pixelated(values: Float32Array, [, height, width]: Planes, [newHeight, newWidth]: Sides): Float32Array {
  return resized(values, height, width, nearestTaps(height, newHeight), nearestTaps(width, newWidth));
}

/** Planar [C, H, W] -> [C, newHeight, newWidth], no larger: means over the areas that the new pixels cover. */
export function reduce(values: Float32Array, [, height, width]: Planes, [newHeight, newWidth]: Sides): Float32Array {
  return resized(values, height, width, coveringTaps(height, newHeight), coveringTaps(width, newWidth));
}

/** `at`: the first pixel that position i reads, and the weights of that one and those behind it. Border pixels repeat outwards. */
function tapsOf(length: number, newLength: number, at: (i: number) => readonly [first: number, weights: readonly number[]]): Taps {
  const positions = Array.from({ length: newLength }, (_, i) => at(i));
  const each = Math.max(...positions.map(([, weights]) => weights.length));
  const table = new Uint8Array(12 * each * newLength);
  const weight = new Float64Array(table.buffer, 0, each * newLength);
  const place = new Int32Array(table.buffer, weight.byteLength);
  for (const [i, [first, weights]] of positions.entries()) {
    for (let k = 0; k < each; k++) place[i * each + k] = Math.min(length - 1, Math.max(0, first + k));
    weight.set(weights, i * each);
  }
  return { length: newLength, each, table };
}

/** The pixel that each output position lies in. */
const nearestTaps = (length: number, newLength: number): Taps =>
  tapsOf(length, newLength, (i) => [Math.floor((i * length) / newLength), [1]]);

/** The four pixels around each output position. Pixel centres are at i + 1/2. */
const cubicTaps = (length: number, newLength: number): Taps =>
  tapsOf(length, newLength, (i) => {
    const centre = ((i + 0.5) * length) / newLength - 0.5;
    const left = Math.floor(centre);
    return [left - 1, catmullRom(centre - left)];
  });

/** The pixels that each output position covers, by the share that is covered. */
const coveringTaps = (length: number, newLength: number): Taps =>
  tapsOf(length, newLength, (i) => {
    const [from, to] = [(i * length) / newLength, ((i + 1) * length) / newLength];
    const first = Math.floor(from);
    const shareOf = (pixel: number): number => (Math.min(to, pixel + 1) - Math.max(from, pixel)) / (to - from);
    return [first, Array.from({ length: Math.ceil(to) - first }, (_, k) => shareOf(first + k))];
  });

/** Weights of the pixels at -1, 0, 1 and 2 for the position t in [0, 1) (Keys 1981, eq. 15 with a = -1/2). */
function catmullRom(t: number): readonly number[] {
  return [0.5 * t * (-1 + t * (2 - t)), 0.5 * (2 + t * t * (-5 + 3 * t)), 0.5 * t * (1 + t * (4 - 3 * t)), 0.5 * t * t * (t - 1)];
}
