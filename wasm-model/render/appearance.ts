/** From network values to images on their ground, and how images get their colours and shape. */
import { type CroppedShape, type ModelCard, nativeShape } from "../model/card.ts";
import { type Colours, TRANSPARENT } from "../request/colours.ts";
import type { Appearance } from "../request/resolve.ts";
import type { Step } from "../sampling/index.ts";
import { onColour } from "./cut-out.ts";
import { toPixels } from "./image/pixels.ts";
import type { OwnPixels, Pixels } from "./image/png.ts";
import { resize } from "./image/resize.ts";

/** [C, H, W] -> pixels. A larger image repeats them, or smooths them where it is no whole multiple. */
export function toImage(values: Float32Array, appearance: Appearance, card: ModelCard): OwnPixels {
  const { width, height } = appearance;
  const native = nativeShape(card);
  const resized = resize(cropped(values, card), [native.channels, native.height, native.width], [height, width]);
  return shaped({ pixels: toPixels(resized, native.channels), width, height, channels: native.channels }, appearance);
}

/** The image in the requested colours and shape. */
export function shaped(image: OwnPixels, { colours, radius }: Appearance): OwnPixels {
  const coloured = colours ? colourize(image, colours) : image;
  return radius ? rounded(coloured, radius) : coloured;
}

/** The noisy image of a step, scaled to the contrast of a clean one: x sigmaData / sqrt(sigma^2 + sigmaData^2). */
export function noisyImage({ x, sigma }: Pick<Step, "x" | "sigma">, appearance: Appearance, card: ModelCard): OwnPixels {
  const { sigmaData } = card.spec;
  const contrast = sigmaData / Math.sqrt(sigma * sigma + sigmaData * sigmaData);
  const scaled = x.map((value) => value * contrast);
  return toImage(scaled, appearance, card);
}

/** The appearance at the model's native size. */
export const atNativeSize = <A extends Appearance>(appearance: A, card: ModelCard): A => {
  const { width, height } = nativeShape(card);
  return { ...appearance, width, height };
};

/** The part of planes [C, H, W] in which the model's images lie. */
export function cropped(values: Float32Array, { spec, crop }: CroppedShape): Float32Array {
  if (!crop) return values;
  const channels = values.length / (spec.height * spec.width);
  const out = new Float32Array(channels * crop.height * crop.width);
  for (let at = 0, c = 0; c < channels; c++) {
    for (let y = 0; y < crop.height; y++, at += crop.width) {
      const start = (c * spec.height + crop.top + y) * spec.width + crop.left;
      out.set(values.subarray(start, start + crop.width), at);
    }
  }
  return out;
}

/** Grey images in other colours: the foreground, as opaque as the image is bright, on the background. */
export function colourize({ pixels, width, height }: Pixels, { background, foreground }: Colours): OwnPixels {
  const rgba = new Uint8Array(4 * pixels.length);
  for (let i = 0; i < pixels.length; i++) {
    for (let c = 0; c < 3; c++) rgba[4 * i + c] = foreground[c];
    rgba[4 * i + 3] = pixels[i];
  }
  const transparent: OwnPixels = { pixels: rgba, width, height, channels: 4 };
  return background === TRANSPARENT ? transparent : onColour(transparent, background);
}

/**
 * The image in RGBA, with corners of this percentage of its shorter side: 50 gives a circle. A pixel whose centre is beyond
 * the centre of a corner's circle is as opaque as that circle covers it: by r + 1/2 - distance, clamped to 0..1, which is a
 * straight edge's cover. `Math.sqrt` is exact, so the bytes are the same everywhere.
 */
export function rounded({ pixels, width, height, channels }: Pixels, percent: number): OwnPixels {
  const r = (Math.min(width, height) * percent) / 100;
  const beyond = (at: number, length: number): number => r - 0.5 - Math.min(at, length - 1 - at);
  const out = new Uint8Array(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    const x = i % width;
    const [dx, dy] = [beyond(x, width), beyond((i - x) / width, height)];
    const cover = dx > 0 && dy > 0 ? Math.min(1, Math.max(0, r + 0.5 - Math.sqrt(dx * dx + dy * dy))) : 1;
    for (let c = 0; c < 3; c++) out[4 * i + c] = pixels[i * channels + (channels === 1 ? 0 : c)];
    out[4 * i + 3] = Math.round(cover * (channels === 4 ? pixels[4 * i + 3] : 255));
  }
  return { pixels: out, width, height, channels: 4 };
}
