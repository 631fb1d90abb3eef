/** Grey pictures in other colours: black becomes the background, white the foreground, and greys lie between. */
import type { Colours } from "../../request/colours.ts";
import type { Picture, Pixels } from "./png.ts";

/** background + (foreground - background) grey / 255 of each channel, rounded. Computed in integers, so exact. */
export function colourize({ pixels, width, height }: Pixels, { background, foreground }: Colours): Picture {
  const tinted = new Uint8Array(3 * pixels.length);
  for (const [i, grey] of pixels.entries()) {
    for (let c = 0; c < 3; c++) tinted[3 * i + c] = Math.floor((2 * (background[c] * (255 - grey) + foreground[c] * grey) + 255) / 510);
  }
  return { pixels: tinted, width, height, channels: 3 };
}
