/**
 * PNG bytes from pixels. "Same seed, same bytes" is promised for the file. A platform's zlib may compress the same
 * pixels differently in its next version, so the compressor is a JavaScript library, with its settings fixed here.
 */
import { zlibSync } from "fflate";
import { type Chunk, writeChunks } from "./chunks.ts";
import { internationalText } from "./text.ts";

export interface Pixels {
  /** Bytes, row by row, the channels of a pixel side by side. */
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** 1 = grey, 3 = RGB, 4 = RGBA (alpha not multiplied in). */
  readonly channels: number;
}

/** Pixels in a buffer of their own. */
export type OwnPixels = Pixels & { readonly pixels: Uint8Array<ArrayBuffer> };

/**
 * `mem` fixes the size of the compressor's hash table, which would otherwise come from Math.log of the input's length.
 */
const COMPRESSION = { level: 9, mem: 4 } as const;

/** Colour type of each number of channels (PNG specification, table 11.1). */
const COLOUR_TYPES: Readonly<Record<number, number>> = { 1: 0, 3: 2, 4: 6 };

export const END: Chunk = { type: "IEND", data: new Uint8Array() };

/** An 8-bit grey, RGB or RGBA PNG, not interlaced, with the recipe as text, if there is one (text.ts). */
export function encodePng(image: Pixels, recipe?: string): Uint8Array<ArrayBuffer> {
  const texts = recipe === undefined ? [] : [internationalText(recipe)];
  return writeChunks([headerOf(image), { type: "IDAT", data: compressed(image) }, ...texts, END]);
}

/** The chunk IHDR: size, 8 bits, colour type, and the only compression, filters and interlacing that we use. */
export function headerOf({ width, height, channels }: Pixels): Chunk {
  const type = COLOUR_TYPES[channels];
  if (type === undefined) throw new RangeError(`Expected 1, 3 or 4 for \`channels\` but received ${channels}`);
  const data = new Uint8Array(13);
  const view = new DataView(data.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  data[8] = 8;
  data[9] = type;
  return { type: "IHDR", data };
}

/** The rows, each after a zero byte (no filter), compressed in zlib's format. */
export function compressed({ pixels, width, height, channels }: Pixels): Uint8Array {
  const stride = width * channels;
  const rows = new Uint8Array(height * (stride + 1));
  for (let y = 0; y < height; y++) rows.set(pixels.subarray(y * stride, (y + 1) * stride), y * (stride + 1) + 1);
  return zlibSync(rows, COMPRESSION);
}
