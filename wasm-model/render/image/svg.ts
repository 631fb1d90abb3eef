/**
 * A picture as a scalable drawing: its pixels as squares, runs of one colour in a row as one rectangle, all rectangles of one colour as one path. Sharp at
 * any size, in every program that draws SVG (an embedded PNG would need `image-rendering`, which few support).
 */
import type { Pixels } from "./png.ts";

/** `size`: the width and height at which it is shown, in CSS pixels; its own size when it is not given. The same pixels always give the same text. */
export function encodeSvg(picture: Pixels, size: { readonly width: number; readonly height: number } = picture): string {
  const { pixels, width, height, channels } = picture;
  const paths = new Map<string, string>();
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; ) {
      const colour = colourAt(pixels, (y * width + x) * channels, channels);
      let end = x + 1;
      while (end < width && colourAt(pixels, (y * width + end) * channels, channels) === colour) end++;
      paths.set(colour, `${paths.get(colour) ?? ""}M${x} ${y}h${end - x}v1h-${end - x}z`);
      x = end;
    }
  }
  const drawn = [...paths].map(([colour, path]) => `<path fill="#${colour}" d="${path}"/>`);
  const box = `width="${size.width}" height="${size.height}" viewBox="0 0 ${width} ${height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${box} shape-rendering="crispEdges">${drawn.join("")}</svg>\n`;
}

/** Six hexadecimal digits; a grey pixel has its one value three times. */
function colourAt(pixels: Uint8Array, at: number, channels: number): string {
  let digits = "";
  for (let c = 0; c < 3; c++) digits += HEXADECIMAL[pixels[at + (channels === 1 ? 0 : c)]];
  return digits;
}

const HEXADECIMAL = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
