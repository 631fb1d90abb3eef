/** Draws batches of images, with the noise level of every evaluation in the caller's sight: for pictures, calibration and comparison. */
import type { ModelCard, SamplingDefaults } from "../wasm-model/card.ts";
import { guided } from "../wasm-model/guidance.ts";
import { gaussians, seedState } from "../wasm-model/random.ts";
import { createSampler, runSampler } from "../wasm-model/sampler/index.ts";
import { tempered } from "../wasm-model/sampler/temperature.ts";

/** D(x, sigma) of a batch, as Denoiser's `denoise`. */
export type Denoise = (x: Float32Array, sigma: number, labels: Float32Array) => Float32Array | Promise<Float32Array>;

export interface Drawing {
  readonly sampling: SamplingDefaults;
  /** Class of each image, `undefined` for unconditional ones. */
  readonly classes: readonly (number | undefined)[];
  /** Image i has the noise of the seed `${seed}/${first + i}`. */
  readonly seed: string;
  /** 0 when it is not given. */
  readonly first?: number;
  /** 1 when they are not given. */
  readonly temperature?: number;
  readonly guidance?: number;
  /** Highest noise level that is guided; all are when it is not given. */
  readonly guidanceSigmaMax?: number;
}

/** Images one after the other, [B, C, H, W]. */
export function draw({ spec }: Pick<ModelCard, "spec">, denoise: Denoise, drawing: Drawing): Promise<Float32Array> {
  const { sampling, classes, seed, first = 0, temperature = 1, guidance = 1, guidanceSigmaMax = Infinity } = drawing;
  const labels = new Float32Array(classes.length * spec.classes);
  for (const [i, label] of classes.entries()) if (label !== undefined) labels[i * spec.classes + label] = 1;
  const states = classes.map((_, i) => seedState(`${seed}/${first + i}`));
  const sampler = createSampler(sampling.sampler, sampling.steps, sampling, {
    images: classes.length,
    imageSize: spec.channels * spec.height * spec.width,
    noise: tempered((image, drawn, out) => gaussians(states[image], drawn, out), temperature),
  });
  const guidedDenoise = guided(denoise, guidance);
  return runSampler(sampler, (x, sigma) => (sigma <= guidanceSigmaMax ? guidedDenoise : denoise)(x, sigma, labels));
}
