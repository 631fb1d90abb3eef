/** Images larger than native: the enlarger's at four times the width, and from there to any other size. */
import { type CroppedShape, nativeShape } from "../model/card.ts";
import type { DrawingNetwork } from "../model/model.ts";
import { enlargerCounts } from "../network/count.ts";
import { ENLARGED, ENLARGER_CHANNELS } from "../network/enlarger.ts";
import type { ImageShape, Size } from "../network/spec.ts";
import type { Appearance } from "../request/resolve.ts";
import { repeated } from "./image/pixels.ts";
import { reduce, resize } from "./image/resize.ts";

/** Whether an image is enlarged by the enlarger, and not by repeating its pixels. */
export const isSharpened = ({ width, enlarge }: Appearance, card: CroppedShape): boolean =>
  enlarge !== "pixels" && width > nativeShape(card).width;

let pixelMacs: number | undefined;

/** Multiply-accumulates of the enlarger for an image of this model: as many for each pixel, since it only convolves. */
export function enlargerMacs(card: CroppedShape): number {
  const { height, width } = nativeShape(card);
  pixelMacs ??= enlargerCounts().macs;
  return height * width * pixelMacs;
}

/**
 * An image [C, H, W] of native size -> [C, newHeight, newWidth]. Values beyond [-1, 1] count as the ends. The enlarger
 * sees a grey image as three equal channels, and the mean of its channels is used.
 */
export async function sharpened(values: Float32Array, native: ImageShape, newSize: Size, enlarge: DrawingNetwork["enlarge"]) {
  const { channels, height, width } = native;
  const image = values.map((value) => Math.min(1, Math.max(-1, value)));
  const large = [channels, ENLARGED * height, ENLARGED * width] as const;
  const sharp = resize(image, [channels, height, width], [large[1], large[2]], true);
  const added = await enlarge(repeated(image, ENLARGER_CHANNELS / channels));
  if (channels === ENLARGER_CHANNELS) for (let i = 0; i < sharp.length; i++) sharp[i] += added[i];
  else {
    const plane = sharp.length;
    for (let i = 0; i < plane; i++) sharp[i] += (added[i] + added[plane + i] + added[2 * plane + i]) / ENLARGER_CHANNELS;
  }
  const wanted = [newSize.height, newSize.width] as const;
  return newSize.width < large[2] ? reduce(sharp, large, wanted) : resize(sharp, large, wanted, true);
}
