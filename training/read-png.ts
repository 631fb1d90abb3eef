/** Pictures that people hand in. */
import { readFileSync } from "node:fs";
import { convertIndexedToRgb, type DecodedPng, decode } from "fast-png";
import type { Pixels } from "../wasm-model/index.ts";
import { UserError } from "./user-error.ts";

/**
 * The PNG file that was given for `option`, as 8-bit pixels of 1 (grey) or 3 channels, whatever it stores: grey, RGB or a palette, of 1 to 16 bits. Grey of RGB is the luma of ITU-R BT.601; transparency is ignored. Throws a UserError for a missing file or one that is no such PNG.
 */
export function readPng(path: string, option: string, channels: number): Pixels {
  try {
    const { data, width, height, channels: stored } = inBytes(decode(readFileSync(path)));
    const isGrey = stored < 3;
    const pixels = new Uint8Array(width * height * channels);
    for (let i = 0; i < width * height; i++) {
      const [r, g, b] = isGrey ? [data[i * stored], data[i * stored], data[i * stored]] : data.subarray(i * stored, i * stored + 3);
      pixels.set(channels === 3 ? [r, g, b] : [isGrey ? r : Math.round(0.299 * r + 0.587 * g + 0.114 * b)], i * channels);
    }
    return { pixels, width, height, channels };
  } catch (error) {
    throw new UserError(`Expected a PNG file for \`${option}\` but received "${path}": ${(error as Error).message}`);
  }
}

function inBytes(png: DecodedPng): Pick<DecodedPng, "width" | "height" | "channels"> & { readonly data: Uint8Array } {
  const { width, height, depth, channels, data, palette } = png;
  if (palette) return { width, height, channels: palette[0].length, data: convertIndexedToRgb(png) };
  if (depth < 8) return inBytes({ ...png, palette: greys(2 ** depth) }); // several pixels in a byte, as in a palette's image
  return { width, height, channels, data: Uint8Array.from(data, (value) => (depth === 16 ? value >> 8 : value)) };
}

const greys = (count: number): [number, number, number][] =>
  Array.from({ length: count }, (_, i) => {
    const grey = (255 * i) / (count - 1);
    return [grey, grey, grey];
  });
