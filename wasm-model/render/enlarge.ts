/** Images larger than native: the enlarger's at four times the width, and from there to any other size. */
import { type ModelCard, nativeShape } from "../model/card.ts";
import type { Denoiser } from "../model/model.ts";
import { ENLARGED } from "../network/finishers.ts";
import { type ImageShape, RGB, type Size } from "../network/spec.ts";
import { type Appearance, enlargeOf } from "../request/resolve.ts";
import { bled, clampToSurroundings } from "./cut-out.ts";
import { repeated } from "./image/pixels.ts";
import { reduce, resize } from "./image/resize.ts";

/** Whether an image is enlarged by the enlarger, and not by repeating its pixels. */
export const isSharpened = ({ width, enlarge }: Appearance, card: ModelCard): boolean =>
  (enlarge ?? enlargeOf(card)) === "smooth" && width > nativeShape(card).width;

/**
 * An image [C, H, W] of native size -> [C, newHeight, newWidth]. Values beyond [-1, 1] count as the ends. The enlarger
 * sees a grey image as three equal channels, and the mean of its channels is used.
 */
export async function sharpened(values: Float32Array, native: ImageShape, newSize: Size, enlarge: Denoiser["enlarge"]) {
  const { channels, height, width } = native;
  const image = values.map((value) => Math.min(1, Math.max(-1, value)));
  const large = [channels, ENLARGED * height, ENLARGED * width] as const;
  const sharp = resize(image, [channels, height, width], [large[1], large[2]], true);
  const added = await enlarge(repeated(image, RGB / channels));
  if (channels === RGB) for (let i = 0; i < sharp.length; i++) sharp[i] += added[i];
  else {
    const plane = sharp.length;
    for (let i = 0; i < plane; i++) sharp[i] += (added[i] + added[plane + i] + added[2 * plane + i]) / RGB;
  }
  return resampled(sharp, large, newSize);
}

const resampled = (values: Float32Array, planes: readonly [number, number, number], { height, width }: Size): Float32Array =>
  width < planes[2] ? reduce(values, planes, [height, width]) : resize(values, planes, [height, width], true);

/** RGBA [4, H, W] of native size -> [4, newHeight, newWidth]: the enlarger enlarges colours, and opacity as an image in grey. */
export async function sharpenedCutOut(rgba: Float32Array, native: Size, newSize: Size, enlarge: Denoiser["enlarge"]) {
  const { height, width } = native;
  const colours = await sharpened(bled(rgba, native), { height, width, channels: RGB }, newSize, enlarge);
  const opacity = rgba.subarray(RGB * height * width);
  const large = { height: ENLARGED * height, width: ENLARGED * width };
  const edges = clampToSurroundings(await sharpened(opacity, { height, width, channels: 1 }, large, enlarge), opacity, native);
  return cutAgain(colours, resampled(edges, [1, large.height, large.width], newSize));
}

/** RGBA of colours [3, H, W] and opacities [H, W]; black where nothing shows. */
export function cutAgain(colours: Float32Array, opacity: Float32Array): Float32Array {
  const area = opacity.length;
  const out = new Float32Array(4 * area);
  for (let i = 0; i < area; i++) {
    const shows = opacity[i] > NOTHING;
    for (let c = 0; c < RGB; c++) out[c * area + i] = shows ? colours[c * area + i] : -1;
    out[RGB * area + i] = opacity[i];
  }
  return out;
}

/** The greatest opacity, in [-1, 1], whose byte is 0. */
const NOTHING = 1 / 255 - 1;
