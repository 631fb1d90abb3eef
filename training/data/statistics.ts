/** Statistics of the training images, in the network's units: pixel value v stands for v / 127.5 - 1, in [-1, 1]. */
import type { Dataset } from "./load.ts";

export interface Statistics {
  readonly mean: number;
  /** Standard deviation over all pixels of all images: the `sigmaData` to train with. */
  readonly std: number;
  /** Number of training images of each class, in label order. */
  readonly classCounts: readonly number[];
}

/** Exact sums over a histogram of the 256 pixel values. */
export function statistics({ train, labels }: Pick<Dataset, "train" | "labels">): Statistics {
  const pixels = new Float64Array(256);
  for (const value of train.images) pixels[value] += 1;
  const average = (f: (x: number) => number): number =>
    pixels.reduce((sum, count, value) => sum + count * f(value / 127.5 - 1), 0) / train.images.length;
  const mean = average((x) => x);

  const classCounts = labels.map(() => 0);
  for (const label of train.labels) classCounts[label] += 1;
  return { mean, std: Math.sqrt(average((x) => (x - mean) ** 2)), classCounts };
}
