/** A caller's images as network values, in the rectangle of the card's crop. C channels, H x W pixels. */

import { type CroppedShape, nativeShape } from "../model/card.ts";
import type { ImageShape } from "../network/spec.ts";
import { OptionError } from "../request/option-error.ts";
import type { ObservedPart } from "../sampling/inpaint.ts";
import { fromPixels, repeated, withBorder } from "./image/pixels.ts";
import type { Pixels } from "./image/png.ts";

/** Mask bytes of at least this value mean "paint here". */
const PAINT = 128;

/** [C, H, W] in [-1, 1]; outside of the crop border pixels repeat. Throws `OptionError` for another than the native shape. */
export function imageValues(given: Pixels | undefined, card: CroppedShape): Float32Array {
  const image = withShape("image", given, nativeShape(card));
  return fromPixels({ ...card.spec, pixels: withBorder(image.pixels, card) });
}

/** The observed part of an image, where `mask`, of its size and one channel, is black. Throws `OptionError`. */
export function observationOf(image: Pixels | undefined, givenMask: Pixels | undefined, card: CroppedShape): ObservedPart {
  const values = imageValues(image, card);
  const { channels } = card.spec;
  const mask = withShape("mask", givenMask, { ...nativeShape(card), channels: 1 });
  const area = withBorder(mask.pixels, { ...card, spec: { ...card.spec, channels: 1 } }).map((value) => (value < PAINT ? 1 : 0));
  return { values, observed: repeated(area, channels) };
}

/** Returns the image. Throws `OptionError` if it is missing or has another shape. */
function withShape(name: "image" | "mask", given: Pixels | undefined, expected: ImageShape): Pixels {
  const describe = ({ width, height, channels }: ImageShape): string =>
    `${width} x ${height} pixels with ${channels === 1 ? "1 channel" : `${channels} channels`}`;
  if (!(given?.pixels instanceof Uint8Array))
    throw new OptionError("invalid-value", name, describe(expected), given === undefined ? "nothing" : given);
  const values = expected.height * expected.width * expected.channels;
  if (describe(given) !== describe(expected)) throw new OptionError("invalid-value", name, describe(expected), describe(given));
  if (given.pixels.length !== values) throw new OptionError("invalid-value", name, `${values} bytes`, `${given.pixels.length} bytes`);
  return given;
}
