/** A caller's images as network values, in the rectangle of the card's crop. C channels, H x W pixels. */

import { type ModelCard, nativeShape } from "../model/card.ts";
import type { ImageShape } from "../network/spec.ts";
import { type Colour, parseColour } from "../request/colours.ts";
import { OptionError } from "../request/option-error.ts";
import type { ObservedPart } from "../sampling/sampler.ts";
import { isA } from "../schema/bytes.ts";
import { onColour } from "./cut-out.ts";
import { fromPixels, repeated, withBorder } from "./image/pixels.ts";
import type { Pixels } from "./image/png.ts";

/** The input images of an operation, of the model's native size: `image` for `vary` and `inpaint`, `mask` for `inpaint`. */
export interface Inputs {
  /** RGB or grey as the model's images are; of a model of cut-outs RGBA too. */
  readonly image?: Pixels | undefined;
  /** One channel: white pixels (128 to 255) are repainted, black ones keep their exact bytes. */
  readonly mask?: Pixels | undefined;
}

/** Mask bytes of at least this value mean "paint here". */
const PAINT = 128;

/** The colour that cut-outs are drawn on. The card's check has made sure that there is one. */
export const groundColour = ({ training }: ModelCard): Colour => parseColour(training.pictures!.background)!;

/**
 * [C, H, W] in [-1, 1]; outside of the crop border pixels repeat. RGBA for a model of cut-outs stands on the ground. Throws
 * `OptionError` for another than the native shape.
 */
export function imageValues(given: Pixels | undefined, card: ModelCard): Float32Array {
  const native = nativeShape(card);
  const isCutOut = card.cutOut && given?.channels === 4;
  const whole = expectShape("image", given, isCutOut ? { ...native, channels: 4 } : native);
  const image = isCutOut ? onColour(whole, groundColour(card)) : whole;
  return fromPixels({ ...card.spec, pixels: withBorder(image.pixels, card) });
}

/** The observed part of an image, where `mask`, of its size and one channel, is black. Throws `OptionError`. */
export function observationOf(image: Pixels | undefined, givenMask: Pixels | undefined, card: ModelCard): ObservedPart {
  const values = imageValues(image, card);
  const { channels } = card.spec;
  const mask = expectShape("mask", givenMask, { ...nativeShape(card), channels: 1 });
  const area = withBorder(mask.pixels, { ...card, spec: { ...card.spec, channels: 1 } }).map((value) => (value < PAINT ? 1 : 0));
  return { values, observed: repeated(area, channels) };
}

/** Pixels of a finished image that stay as they were given. */
export interface Kept {
  /** RGBA. */
  readonly image: Pixels;
  readonly isKept: (pixel: number) => boolean;
}

/** What stays of an image in RGBA: where the mask is black, and all of it in a variation of strength 0. */
export function keptPart({ image, mask }: Inputs, strength: number | undefined): Kept | undefined {
  if (image?.channels !== 4 || (!mask && strength !== 0)) return undefined;
  return { image, isKept: (pixel) => !mask || mask.pixels[pixel] < PAINT };
}

/** Returns the image. Throws `OptionError` if it is missing or has another shape. */
function expectShape(name: "image" | "mask", given: Pixels | undefined, expected: ImageShape): Pixels {
  const describeShape = ({ width, height, channels }: ImageShape): string =>
    `${width} x ${height} pixels with ${channels === 1 ? "1 channel" : `${channels} channels`}`;
  if (!given || !isA("Uint8Array", given.pixels))
    throw new OptionError("invalid-value", name, describeShape(expected), given === undefined ? "nothing" : given);
  const values = expected.height * expected.width * expected.channels;
  if (describeShape(given) !== describeShape(expected))
    throw new OptionError("invalid-value", name, describeShape(expected), describeShape(given));
  if (given.pixels.length !== values) throw new OptionError("invalid-value", name, `${values} bytes`, `${given.pixels.length} bytes`);
  return given;
}
