/** From network values to images: cropped as the card says, in the requested size and colours. */

import { type ModelCard, nativeShape } from "../model/card.ts";
import type { Look } from "../request/resolve.ts";
import type { Step } from "../sampling/index.ts";
import { colourize } from "./image/colourize.ts";
import { toPixels } from "./image/pixels.ts";
import type { OwnPixels } from "./image/png.ts";
import { resize } from "./image/resize.ts";

/** [C, H, W] -> pixels. */
export function toImage(values: Float32Array, { width, height, colours }: Look, card: ModelCard): OwnPixels {
  const native = nativeShape(card);
  const { channels } = native;
  const resized = resize(cropped(values, card), [channels, native.height, native.width], [height, width]);
  const image = { pixels: toPixels(resized, channels), width, height, channels };
  return colours ? colourize(image, colours) : image;
}

/**
 * The noisy image of a step, scaled to the contrast of a clean one: x sigmaData / sqrt(sigma^2 +
 * sigmaData^2).
 */
export function noisyImage({ x, sigma }: Pick<Step, "x" | "sigma">, look: Look, card: ModelCard): OwnPixels {
  const { sigmaData } = card.spec;
  const contrast = sigmaData / Math.sqrt(sigma * sigma + sigmaData * sigmaData);
  return toImage(
    x.map((value) => value * contrast),
    look,
    card,
  );
}

/**
 * The noise that the network finds in a step's image, (x - D) / sigma = -sigma score, scaled to the same contrast:
 * times sigmaData.
 */
export function noiseImage({ x, sigma, denoised }: Pick<Step, "x" | "sigma" | "denoised">, look: Look, card: ModelCard): OwnPixels {
  const scale = card.spec.sigmaData / sigma;
  return toImage(
    x.map((value, i) => scale * (value - denoised[i])),
    look,
    card,
  );
}

/** The look at the model's native size. */
export const nativeLook = ({ colours }: Look, card: ModelCard): Look => {
  const { width, height } = nativeShape(card);
  return { ...(colours && { colours }), width, height };
};

function cropped(values: Float32Array, { spec, crop }: ModelCard): Float32Array {
  if (!crop) return values;
  const out = new Float32Array(spec.channels * crop.height * crop.width);
  for (let at = 0, c = 0; c < spec.channels; c++) {
    for (let y = 0; y < crop.height; y++, at += crop.width) {
      const start = (c * spec.height + crop.top + y) * spec.width + crop.left;
      out.set(values.subarray(start, start + crop.width), at);
    }
  }
  return out;
}
