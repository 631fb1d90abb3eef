/** Statistics of the training images, in the network's units: pixel value v stands for v / 127.5 - 1, in [-1, 1]. */
import { unitValue } from "../../wasm-model/render/image/pixels.ts";
import type { Dataset } from "./dataset.ts";
import { pieces } from "./split.ts";

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
  let total = 0;
  for (const piece of pieces(train)) {
    for (let i = 0; i < piece.length; i++) pixels[piece[i]] += 1;
    total += piece.length;
  }
  const average = (f: (x: number) => number): number => pixels.reduce((sum, count, value) => sum + count * f(unitValue(value)), 0) / total;
  const mean = average((x) => x);

  const classCounts = labels.map(() => 0);
  for (const label of train.labels) classCounts[label] += 1;
  return { mean, std: Math.sqrt(average((x) => (x - mean) ** 2)), classCounts };
}
