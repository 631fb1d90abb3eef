/** Draws batches of images, with the noise level of every evaluation in the caller's sight: for pictures, calibration and comparison. */
import type { ModelCard, SamplingDefaults } from "../wasm-model/card.ts";
import { gaussians, seedState } from "../wasm-model/random.ts";
import { createSampler, runSampler } from "../wasm-model/sampler/index.ts";

/** D(x, sigma) of a batch, as Denoiser's `denoise`. */
export type Denoise = (x: Float32Array, sigma: number, labels: Float32Array) => Float32Array | Promise<Float32Array>;

export interface Drawing {
  readonly sampling: SamplingDefaults;
  /** Class of each image, `undefined` for unconditional ones. */
  readonly classes: readonly (number | undefined)[];
  /** Image i has the noise of the seed `${seed}/${i}`. */
  readonly seed: string;
}

/** Images one after the other, [B, C, H, W]. */
export function draw({ spec }: Pick<ModelCard, "spec">, denoise: Denoise, { sampling, classes, seed }: Drawing): Promise<Float32Array> {
  const labels = new Float32Array(classes.length * spec.classes);
  for (const [i, label] of classes.entries()) if (label !== undefined) labels[i * spec.classes + label] = 1;
  const states = classes.map((_, i) => seedState(`${seed}/${i}`));
  const sampler = createSampler(sampling.sampler, sampling.steps, sampling, {
    images: classes.length,
    imageSize: spec.channels * spec.height * spec.width,
    noise: (image, drawn, out) => gaussians(states[image], drawn, out),
  });
  return runSampler(sampler, (x, sigma) => denoise(x, sigma, labels));
}
