/** Held-out denoising-score-matching loss: how well a network denoises images that it was not trained on. */

import { gaussians } from "../../wasm-model/engine/drawing.ts";
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import { fromPixels } from "../../wasm-model/render/image/pixels.ts";
import { seedState } from "../../wasm-model/sampling/random.ts";
import type { Denoise } from "../../wasm-model/sampling/sampler.ts";
import { oneHot, type Split } from "./split.ts";

export const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

export const HELD_OUT_SIGMAS = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 20] as const;

const BATCH = 250;

export interface HeldOutLoss {
  readonly sigma: number;
  /** Mean of w(sigma) (D(x + sigma n, sigma) - x)^2, w = (s^2 + sd^2) / (s sd)^2, with the images' labels. */
  readonly loss: number;
}

/** Images of a split, draws of noise for each, and noise levels: all by default. */
interface Extent {
  readonly count: number;
  readonly draws?: number;
  readonly sigmas?: readonly number[];
}

/**
 * The loss at each noise level over the first `count` images of a split, with so many draws of noise each. Draw k of image i
 * is the same at every level and in every call, so networks can be compared. `onProgress` is awaited after each batch.
 */
export async function heldOutLoss(
  denoise: Denoise,
  spec: NetworkSpec,
  split: Split,
  { count, draws = 1, sigmas = HELD_OUT_SIGMAS }: Extent,
  onProgress: (done: number, total: number) => void | Promise<void> = () => {},
): Promise<HeldOutLoss[]> {
  const used = Math.min(count, split.count);
  const pixels = spec.height * spec.width * spec.channels;
  /** Sums of squares over images, draws and pixels, by level. */
  const sums = sigmas.map(() => 0);
  for (let k = 0; k < draws; k++) {
    const state = seedState(k === 0 ? "held-out" : `held-out/${k}`);
    for (let start = 0; start < used; start += BATCH) {
      const size = Math.min(BATCH, used - start);
      const clean = fromPixels({ ...spec, pixels: split.images(start, start + size) });
      const noise = new Float32Array(size * pixels);
      for (let i = 0; i < size; i++) gaussians(state, start + i, noise.subarray(i * pixels, (i + 1) * pixels));
      const labels = oneHot(split.labels.subarray(start, start + size), spec.classes);
      for (const [level, sigma] of sigmas.entries()) {
        const noisy = clean.map((value, i) => value + sigma * noise[i]);
        const denoised = await denoise(noisy, sigma, labels);
        for (let i = 0; i < clean.length; i++) sums[level] += (denoised[i] - clean[i]) ** 2;
      }
      await onProgress(k * used + start + size, draws * used);
    }
  }
  const variance = spec.sigmaData ** 2;
  return sigmas.map((sigma, level) => ({
    sigma,
    loss: ((sigma ** 2 + variance) / (sigma ** 2 * variance)) * (sums[level] / (used * draws * pixels)),
  }));
}

/** The geometric mean: of the arithmetic one the highest levels would be almost half. */
export const meanLoss = (levels: readonly HeldOutLoss[]): number => Math.exp(meanOf(levels.map(({ loss }) => Math.log(loss))));
