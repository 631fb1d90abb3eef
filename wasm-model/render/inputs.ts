/**
 * Converts a caller's images to network values: C channels, H x W pixels of the network's image, with the image in
 * the rectangle of the card's crop.
 */

import { type CroppedShape, nativeShape } from "../model/card.ts";
import type { ImageShape } from "../network/spec.ts";
import { OptionError } from "../request/option-error.ts";
import type { Observation } from "../sampling/inpaint.ts";
import { fromPixels, repeated, withBorder } from "./image/pixels.ts";
import type { Pixels } from "./image/png.ts";

/** Mask bytes of at least this value mean "paint here". */
const PAINT = 128;

/**
 * The image in [-1, 1], [C, H, W]; outside of the crop its border pixels repeat. Throws `OptionError` unless it has
 * the model's native shape.
 */
export function imageValues(given: Pixels | undefined, card: CroppedShape): Float32Array {
  const image = withShape("image", given, nativeShape(card));
  return fromPixels({ ...card.spec, pixels: withBorder(image.pixels, card) });
}

/**
 * The observed part of an image. `mask` has its size and one channel; black is observed, white is not. Throws
 * `OptionError`.
 */
export function observationOf(image: Pixels | undefined, givenMask: Pixels | undefined, card: CroppedShape): Observation {
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
