/** How far two images are apart. */
import { decode } from "fast-png";

/**
 * Between our engine and onnxruntime: root mean square over an image, in grey levels of 255. They round float sums
 * differently; where that moves a value over the border of two codes, a code's whole step goes on from there, through
 * the layers and the steps that follow. Over 200 seeds of the shipped model half of all images are within 2 levels and
 * nine of ten within 5; images of two seeds are some 90 apart.
 */
export const RUNTIME_TOLERANCE = 5;

/** Root mean square difference of two PNG files of one size, in grey levels. */
export function pngDifference(a: Uint8Array, b: Uint8Array): number {
  const [first, second] = [a, b].map((file) => Float64Array.from(decode(file).data));
  if (first.length !== second.length)
    throw new Error(`Expected two images of one size but received ${first.length} and ${second.length} values`);
  return Math.sqrt(first.reduce((sum, value, i) => sum + (value - second[i]) ** 2, 0) / first.length);
}
