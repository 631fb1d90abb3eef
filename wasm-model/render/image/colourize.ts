/** Grey images in other colours: black becomes the background, white the foreground, and greys lie between. */
import { type Colour, type Colours, TRANSPARENT } from "../../request/colours.ts";
import type { OwnPixels, Pixels } from "./png.ts";

/**
 * background + (foreground - background) grey / 255 of each channel, rounded. Computed in integers, so exact. With a
 * transparent background, RGBA: the foreground with alpha = grey, which over any background gives the same image
 * (alpha compositing is the same equation).
 */
export function colourize(image: Pixels, { background, foreground }: Colours): OwnPixels {
  return background === TRANSPARENT ? faded(image, foreground) : tinted(image, background, foreground);
}

function faded({ pixels, width, height }: Pixels, foreground: Colour): OwnPixels {
  const faded = new Uint8Array(4 * pixels.length);
  for (const [i, grey] of pixels.entries()) faded.set([...foreground, grey], 4 * i);
  return { pixels: faded, width, height, channels: 4 };
}

function tinted({ pixels, width, height }: Pixels, background: Colour, foreground: Colour): OwnPixels {
  const tinted = new Uint8Array(3 * pixels.length);
  for (const [i, grey] of pixels.entries()) {
    for (let c = 0; c < 3; c++) tinted[3 * i + c] = Math.floor((2 * (background[c] * (255 - grey) + foreground[c] * grey) + 255) / 510);
  }
  return { pixels: tinted, width, height, channels: 3 };
}
