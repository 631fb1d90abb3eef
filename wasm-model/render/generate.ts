/**
 * `generate`: the only code that draws images, for Worker, widget, command line, calibration and FID. One image is a batch of
 * one. Shapes: B images, C channels, H x W pixels of the network's image (before the card's crop).
 */

import { gaussians } from "../engine/drawing.ts";
import type { ModelCard } from "../model/card.ts";
import type { ImageSettings, Settings } from "../request/resolve.ts";
import { startNoise } from "../sampling/gaussian-start.ts";
import {
  type Batch,
  createSampler,
  type Denoise,
  guidedDenoiser,
  type RunOptions,
  runSampler,
  type Step,
  scheduleOf,
} from "../sampling/index.ts";
import { imageNoise, noiseAround, temperedNoise } from "../sampling/noise.ts";
import { inpaintingSampler } from "../sampling/sampler.ts";
import { repeated } from "./image/pixels.ts";
import { type Inputs, imageValues, observationOf } from "./inputs.ts";
import { paletteDenoiser } from "./palette.ts";
import { turnTaker } from "./turn.ts";

/** A model, or a network that is still being trained. */
export interface GenerativeModel {
  readonly card: ModelCard;
  readonly denoiser: { readonly denoise: Denoise };
}

export interface GenerateRun extends Pick<RunOptions, "signal">, Inputs {
  /** As that of `RunOptions`, with the network evaluations of the step, over all images. */
  readonly onStep?: ((step: Step, taken: number) => void | Promise<void>) | undefined;
  /** Awaited after it, with the same evaluations; yields to the event loop when it is time. */
  readonly takeTurn?: (evaluations: number) => Promise<void> | undefined;
}

/**
 * The images [B, C, H, W] in [-1, 1], all with the same settings. Draw k of image b's noise depends on its own seed
 * alone, so an image does not depend on its batch. Throws `OptionError` for inputs of another shape, the signal's
 * reason when aborted.
 */
export async function generate(
  { card, denoiser }: GenerativeModel,
  settings: Omit<Settings, "seed" | "class" | "to">,
  images: readonly ImageSettings[],
  { image, mask, takeTurn = turnTaker(), signal, onStep }: GenerateRun = {},
): Promise<Float32Array> {
  const { spec } = card;
  const { operation, sampler: name, steps, sampling, temperature, guidance, strength = 0 } = settings;
  const imageSize = spec.channels * spec.height * spec.width;
  const untempered = imageNoise(images, "", gaussians);
  const noise = temperedNoise(untempered, temperature);
  const labels = labelRows(images, spec.classes);
  let batch: Batch = { images: images.length, imageSize, noise };
  if (operation === "vary") {
    const values = imageValues(image, card);
    if (strength === 0) return repeated(values, images.length);
    batch = { ...batch, noise: noiseAround(() => values, strength, noise) };
  } else if (name === "langevin") {
    const { start, sigmas } = scheduleOf({ ...sampling, steps });
    if (start) batch = { ...batch, ...startNoise(start, spec, labels, sigmas[0], noise, untempered) };
  }
  let sampler = createSampler(name, steps, sampling, batch);
  if (operation === "inpaint") {
    const { values, observed } = observationOf(image, mask, card);
    const observation = { values: repeated(values, images.length), observed: repeated(observed, images.length) };
    sampler = inpaintingSampler(sampler, observation, { ...batch, noise: imageNoise(images, "/inpaint", gaussians) });
  }
  let evaluations = 0;
  const countedDenoise: Denoise = (...input) => {
    evaluations += images.length;
    return denoiser.denoise(...input);
  };
  const denoise = paletteDenoiser(guidedDenoiser(mirroredDenoiser(countedDenoise, card), guidance), settings, card);
  return runSampler(sampler, (x, sigma) => denoise(x, sigma, labels), {
    signal,
    onStep: async (step) => {
      const taken = evaluations;
      evaluations = 0;
      await onStep?.(step, taken);
      await takeTurn(taken);
    },
  });
}

/**
 * Of a model whose images are their own mirror images, D(x, sigma) is one, too: the mean of the network's estimate and its mirror
 * image is nearer to it than either, and the halves cannot differ. The noise stays as it is.
 */
function mirroredDenoiser(denoise: Denoise, { mirrored, spec: { width } }: ModelCard): Denoise {
  if (!mirrored) return denoise;
  return async (...input) => {
    const images = await denoise(...input);
    for (let row = 0; row < images.length; row += width)
      for (let [left, right] = [row, row + width - 1]; left < right; left++, right--)
        images[left] = images[right] = (images[left] + images[right]) / 2;
    return images;
  };
}

/** [B, K]: the class of each image, one-hot; for an interpolation a mixture of both classes. */
function labelRows(images: readonly ImageSettings[], classes: number): Float32Array {
  const rows = new Float32Array(images.length * classes);
  for (const [b, { class: label, to }] of images.entries()) {
    const row = rows.subarray(b * classes, (b + 1) * classes);
    const t = to?.t ?? 0;
    if (label !== undefined) row[label] += 1 - t;
    if (to?.class !== undefined) row[to.class] += t;
    if (label !== undefined && label === to?.class) row[label] = 1;
  }
  return rows;
}
