/** Colours of a request, which replace black and white in grey images. */

/** Red, green and blue, 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** In place of a background colour: the image is composited over whatever is behind it. */
export const TRANSPARENT = "transparent";

export interface Colours {
  readonly background: Colour | typeof TRANSPARENT;
  readonly foreground: Colour;
}

const BLACK: Colour = [0, 0, 0];
export const WHITE: Colour = [255, 255, 255];

/**
 * Black or white, whichever contrasts more (WCAG 2.2): black if the relative luminance is at least sqrt(1.05 0.05) - 0.05 =
 * 0.179. A square approximates sRGB's transfer curve, so that integers suffice and the result is exact.
 */
export const contrasting = ([red, green, blue]: Colour): Colour =>
  2126 * red * red + 7152 * green * green + 722 * blue * blue < 1791 * 255 * 255 ? WHITE : BLACK;

/** `f80` or `ff8800`, with or without a `#`; undefined for any other text. */
export function parseColour(text: string): Colour | undefined {
  const [, given] = /^#?([\da-f]{3}|[\da-f]{6})$/i.exec(text) ?? [];
  if (given === undefined) return undefined;
  const digits = given.length === 3 ? [...given].map((digit) => digit + digit) : [given.slice(0, 2), given.slice(2, 4), given.slice(4)];
  return digits.map((pair) => Number.parseInt(pair, 16)) as unknown as Colour;
}

/** Six hexadecimal digits, or `transparent`. */
export const colourText = (colour: Colours["background"]): string =>
  colour === TRANSPARENT ? colour : colour.map((value) => value.toString(16).padStart(2, "0")).join("");
