/** How alike training images are, and what can be expected of a training by that alone. */
import { fromPixels } from "../../wasm-model/render/image/pixels.ts";
import { reduce } from "../../wasm-model/render/image/resize.ts";
import type { LabelledImages } from "../network/shape.ts";

/** Images are blurred to so many pixels a side, so that what counts is where they are light and dark; so many are compared. */
const [SIDE, MOST] = [16, 400];

/**
 * Mean distance of images to the nearest other one, in multiples of the standard deviation of all their pixels; equal and near
 * images count once. 0 if all are equal, and NaN for one.
 */
export function unlikeness({ train, width, height, channels }: LabelledImages): number {
  const [h, w] = [Math.min(SIDE, height), Math.min(SIDE, width)];
  const step = Math.max(1, train.count / MOST);
  const families = new Set<number>();
  const blurred: Float32Array[] = [];
  for (let k = 0; k < Math.min(train.count, MOST); k++) {
    const i = Math.floor(k * step); // spread over a split that may be sorted
    if (families.has(train.families[i])) continue;
    families.add(train.families[i]);
    blurred.push(reduce(fromPixels({ pixels: train.images(i, i + 1), width, height, channels }), [channels, height, width], [h, w]));
  }
  const nearest = blurred.map(() => Number.POSITIVE_INFINITY);
  let [sum, squares] = [0, 0];
  for (const [i, a] of blurred.entries()) {
    for (let j = 0; j < i; j++) {
      const b = blurred[j];
      let square = 0;
      for (let k = 0; k < a.length; k++) square += (a[k] - b[k]) ** 2;
      nearest[i] = Math.min(nearest[i], square);
      nearest[j] = Math.min(nearest[j], square);
    }
    for (const value of a) {
      sum += value;
      squares += value ** 2;
    }
  }
  const count = blurred.length * channels * h * w;
  const deviation = Math.sqrt(squares / count - (sum / count) ** 2);
  const distance = nearest.reduce((total, square) => total + Math.sqrt(square / (channels * h * w)), 0) / blurred.length;
  return deviation > 0 && blurred.length > 1 ? distance / deviation : Number.NaN;
}

/** Below the first bound new images are like them in every detail, from the second on they are rough (training/LOG.md). */
const [ALIKE, UNLIKE] = [0.5, 0.65];

/** What to expect of images that are alike so much, in a sentence. */
export const FORECASTS = {
  much: "these pictures are much alike: expect new ones that could be among them",
  somewhat: "these pictures are somewhat alike: expect new ones in their style, clear ones beside rough ones",
  little: "these pictures differ a lot: expect rough new ones in their style and colours, of which you can name a few at most",
} as const;

/** How much images are alike. */
export type Likeness = keyof typeof FORECASTS;

/** By `unlikeness`; undefined for a single image. */
export function likenessOf(images: LabelledImages): Likeness | undefined {
  const value = unlikeness(images);
  if (Number.isNaN(value)) return undefined;
  return value < ALIKE ? "much" : value < UNLIKE ? "somewhat" : "little";
}

/** What to expect of a training on these images, in a sentence; undefined for a single image. */
export function forecast(images: LabelledImages): string | undefined {
  const likeness = likenessOf(images);
  return likeness && FORECASTS[likeness];
}
