/** Held-out denoising-score-matching loss: how well the averaged weights denoise images they never saw. */
import type * as TF from "@tensorflow/tfjs";
import type { NetworkSpec } from "../wasm-model/network.ts";
import { gaussians, seedState } from "../wasm-model/random.ts";
import { oneHot, unitRange } from "./batches.ts";
import type { Split } from "./data/load.ts";
import { weightedLoss } from "./loss.ts";
import type { Tf, Weights } from "./score-network.ts";

export const HELD_OUT_SIGMAS = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 20] as const;

const BATCH = 250;

export interface HeldOutLoss {
  readonly sigma: number;
  /** Mean over images and pixels of w(sigma) (D(x + sigma n, sigma) - x)^2, with the images' own labels. */
  readonly loss: number;
}

/**
 * The loss at each noise level over the first `count` images of a split. Image i gets the same noise at every level and in every call, so that two
 * networks are compared on equal terms. `onProgress` hears of every batch done, out of the total; awaited, so that the caller stays responsive.
 */
export async function heldOutLoss(
  tf: Tf,
  spec: NetworkSpec,
  weights: Weights,
  split: Split,
  count: number,
  onProgress: (done: number, total: number) => void | Promise<void> = () => {},
): Promise<HeldOutLoss[]> {
  const used = Math.min(count, split.count);
  const pixels = spec.height * spec.width * spec.channels;
  const sums = HELD_OUT_SIGMAS.map(() => 0);
  const state = seedState("held-out");
  for (let start = 0; start < used; start += BATCH) {
    const size = Math.min(BATCH, used - start);
    const images = [size, spec.height, spec.width, spec.channels] as [number, number, number, number];
    const noise = new Float32Array(size * pixels);
    for (let i = 0; i < size; i++) gaussians(state, start + i, noise.subarray(i * pixels, (i + 1) * pixels));
    HELD_OUT_SIGMAS.forEach((sigma, level) => {
      const sum = tf.tidy(() =>
        tf.sum(
          weightedLoss(tf, spec, weights, {
            clean: tf.tensor(unitRange(split.images.subarray(start * pixels, (start + size) * pixels)), images),
            noise: tf.tensor(noise, images),
            sigma: tf.fill([size, 1], sigma),
            label: tf.tensor(oneHot(split.labels.subarray(start, start + size), spec.classes), [size, spec.classes]),
          }),
        ),
      ) as TF.Scalar;
      sums[level] += sum.dataSync()[0] as number;
      sum.dispose();
    });
    await onProgress(start + size, used);
  }
  return HELD_OUT_SIGMAS.map((sigma, level) => ({ sigma, loss: sums[level] / used }));
}

/** Two lines of text: noise levels and losses. */
export function heldOutTable(losses: readonly HeldOutLoss[]): string {
  const row = (name: string, cells: readonly (number | string)[]): string =>
    name.padEnd(8) + cells.map((cell) => String(cell).padStart(8)).join("");
  return `${row(
    "sigma",
    losses.map(({ sigma }) => sigma),
  )}\n${row(
    "loss",
    losses.map(({ loss }) => loss.toFixed(4)),
  )}`;
}
