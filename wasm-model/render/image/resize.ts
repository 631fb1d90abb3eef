/**
 * Enlarging an image, and reducing it. Whole multiples repeat pixels exactly; other sizes are interpolated with the Catmull-Rom cubic
 * (Keys 1981, a = -1/2), which passes through the original pixels. It uses only sums and products of doubles in a fixed
 * order, so the bytes are the same everywhere.
 *
 * C channels, H x W pixels in, S H x S W pixels out, S >= 1, each side rounded to whole pixels.
 */

/**
 * Planar values [C, H, W] -> [C, newHeight, newWidth]. Both new sides must be at least the old ones. `smooth`: whole
 * multiples are interpolated too.
 */
export function resize(
  values: Float32Array,
  [channels, height, width]: readonly [channels: number, height: number, width: number],
  [newHeight, newWidth]: readonly [height: number, width: number],
  smooth = false,
): Float32Array {
  if (newHeight < height || newWidth < width) {
    throw new RangeError(`Expected at least ${width}x${height} for \`size\` but received ${newWidth}x${newHeight}`);
  }
  if (newHeight === height && newWidth === width) return values;
  const exact = !smooth && newWidth % width === 0 && newHeight % height === 0; // both sides alike, or an image could be smooth across and blocky down
  const columns = taps(width, newWidth, exact);
  const rows = taps(height, newHeight, exact);
  const wide = new Float64Array(height * newWidth);
  const out = new Float32Array(channels * newHeight * newWidth);
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < newWidth; x++) wide[y * newWidth + x] = interpolate(values, (c * height + y) * width, 1, columns[x]);
    }
    for (let y = 0; y < newHeight; y++) {
      for (let x = 0; x < newWidth; x++) out[(c * newHeight + y) * newWidth + x] = interpolate(wide, x, newWidth, rows[y]);
    }
  }
  return out;
}

/**
 * Planar values [C, H, W] -> [C, newHeight, newWidth]: means over the areas that the new pixels cover. Both new sides
 * must be at most the old ones.
 */
export function reduce(
  values: Float32Array,
  [channels, height, width]: readonly [channels: number, height: number, width: number],
  [newHeight, newWidth]: readonly [height: number, width: number],
): Float32Array {
  const columns = covers(width, newWidth);
  const rows = covers(height, newHeight);
  const narrow = new Float64Array(height * newWidth);
  const out = new Float32Array(channels * newHeight * newWidth);
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < newWidth; x++) narrow[y * newWidth + x] = mean(values, (c * height + y) * width, 1, columns[x]);
    }
    for (let y = 0; y < newHeight; y++) {
      for (let x = 0; x < newWidth; x++) out[(c * newHeight + y) * newWidth + x] = mean(narrow, x, newWidth, rows[y]);
    }
  }
  return out;
}

/** The input positions that one output position covers, from the first on, with their weights, which sum to 1. */
interface Cover {
  readonly first: number;
  readonly weights: readonly number[];
}

function covers(length: number, newLength: number): Cover[] {
  return Array.from({ length: newLength }, (_, i) => {
    const [from, to] = [(i * length) / newLength, ((i + 1) * length) / newLength];
    const first = Math.floor(from);
    const count = Math.ceil(to) - first;
    const weights = Array.from({ length: count }, (_, k) => (Math.min(to, first + k + 1) - Math.max(from, first + k)) / (to - from));
    return { first, weights };
  });
}

function mean(values: ArrayLike<number>, start: number, stride: number, { first, weights }: Cover): number {
  let sum = 0;
  for (let k = 0; k < weights.length; k++) sum += weights[k] * values[start + (first + k) * stride];
  return sum;
}

/** One output position: the four input positions that it reads and their weights, which sum to 1. */
interface Tap {
  readonly index: readonly [number, number, number, number];
  readonly weight: readonly [number, number, number, number];
}

function interpolate(values: ArrayLike<number>, start: number, stride: number, { index, weight }: Tap): number {
  return (
    values[start + index[0] * stride] * weight[0] +
    values[start + index[1] * stride] * weight[1] +
    values[start + index[2] * stride] * weight[2] +
    values[start + index[3] * stride] * weight[3]
  );
}

/**
 * The tap of each of `newLength` output positions; if `exact`, the pixel that the position lies in. Pixel centres are
 * at i + 1/2, and border pixels repeat outwards.
 */
function taps(length: number, newLength: number, exact: boolean): Tap[] {
  const clamp = (i: number): number => Math.min(length - 1, Math.max(0, i));
  return Array.from({ length: newLength }, (_, i) => {
    if (exact) {
      const nearest = Math.floor((i * length) / newLength);
      return { index: [nearest, nearest, nearest, nearest], weight: [0, 1, 0, 0] };
    }
    const centre = ((i + 0.5) * length) / newLength - 0.5;
    const left = Math.floor(centre);
    return { index: [clamp(left - 1), clamp(left), clamp(left + 1), clamp(left + 2)], weight: catmullRom(centre - left) };
  });
}

/** Weights of the pixels at -1, 0, 1 and 2 for the position t in [0, 1) (Keys 1981, eq. 15 with a = -1/2). */
function catmullRom(t: number): readonly [number, number, number, number] {
  return [0.5 * t * (-1 + t * (2 - t)), 0.5 * (2 + t * t * (-5 + 3 * t)), 0.5 * t * (1 + t * (4 - 3 * t)), 0.5 * t * t * (t - 1)];
}
