/** From network values to images: cropped as the card says, in the requested size, colours and shape. */

import { type ModelCard, nativeShape } from "../model/card.ts";
import type { Look } from "../request/resolve.ts";
import type { Step } from "../sampling/index.ts";
import { colourize } from "./image/colourize.ts";
import { rounded } from "./image/corners.ts";
import { toPixels } from "./image/pixels.ts";
import type { OwnPixels } from "./image/png.ts";
import { resize } from "./image/resize.ts";

/** [C, H, W] -> pixels. */
export function toImage(values: Float32Array, { width, height, colours, flip, radius }: Look, card: ModelCard): OwnPixels {
  const native = nativeShape(card);
  const { channels } = native;
  const resized = resize(
    flip ? cropped(values, card).slice() : cropped(values, card),
    [channels, native.height, native.width],
    [height, width],
  );
  if (flip && flip !== "horizontal") reverse(resized, width * height);
  if (flip && flip !== "both") reverse(resized, width);
  const image = { pixels: toPixels(resized, channels), width, height, channels };
  const coloured = colours ? colourize(image, colours) : image;
  return radius ? rounded(coloured, radius) : coloured;
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

/** The same at the model's native size. */
export const nativeLook = <L extends Look>(look: L, card: ModelCard): L => {
  const { width, height } = nativeShape(card);
  return { ...look, width, height };
};

/**
 * Reverses each run of this length in [C, H, W], in place. Reversing whole planes turns the image by 180 degrees;
 * reversing rows mirrors it; both together swap top and bottom.
 */
function reverse(values: Float32Array, length: number): void {
  for (let at = 0; at < values.length; at += length) values.subarray(at, at + length).reverse();
}

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
