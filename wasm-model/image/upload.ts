/**
 * A picture that somebody hands in, in the shape of a model. Taken: PNG files of 8 bits per channel, grey or RGB, with or without alpha (which is laid
 * over black), interlaced or not, of the model's own size. Anything else is refused, before any of it is decompressed.
 */
import { decode } from "fast-png";
import { type Chunk, readChunks, writeChunks } from "./chunks.ts";
import type { Pixels } from "./png.ts";

export interface UploadShape {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

/** Channels of each colour type that is taken (PNG specification, table 11.1); the others have a palette. */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 4: 2, 6: 4 };

/** The picture in the model's channels. Throws `RangeError` with what was received instead, fit for "... but received {message}". */
export function decodeUpload(file: Uint8Array, { width, height, channels }: UploadShape): Pixels {
  const chunks = readChunks(file);
  const given = checked(chunks, width, height);
  const { data } = decoded(chunks.filter(({ type }) => ["IHDR", "IDAT", "IEND"].includes(type)));
  if (data.length !== width * height * given) throw new RangeError("a PNG file with missing pixels");
  const pixels = new Uint8Array(channels * width * height);
  for (let i = 0; i < width * height; i++) {
    const colour = overBlack(data.subarray(i * given, (i + 1) * given));
    for (let c = 0; c < channels; c++) pixels[i * channels + c] = channels === 1 ? luma(colour) : colour[c % colour.length];
  }
  return { pixels, width, height, channels };
}

/** How many channels the file has. Throws `RangeError` unless its header and the amount of its data are those of a picture that is taken. */
function checked(chunks: readonly Chunk[], width: number, height: number): number {
  const [header] = chunks;
  if (header.type !== "IHDR" || header.data.length !== 13) throw new RangeError("a PNG file without a header");
  const view = new DataView(header.data.buffer, header.data.byteOffset, 13);
  const [given, depth, type] = [[view.getUint32(0), view.getUint32(4)], header.data[8], header.data[9]];
  if (given[0] !== width || given[1] !== height) throw new RangeError(`a PNG file of ${given[0]}x${given[1]} pixels`);
  if (!(type in CHANNELS)) throw new RangeError("a PNG file with a palette");
  if (depth !== 8) throw new RangeError(`a PNG file of ${depth} bits per channel`);
  if (chunks.some((chunk) => chunk.type === "tRNS")) throw new RangeError("a PNG file with a transparent colour (tRNS)");
  const compressed = chunks.reduce((sum, chunk) => sum + (chunk.type === "IDAT" ? chunk.data.length : 0), 0);
  const most = 2 * height * (1 + width * CHANNELS[type]) + 1024; // no compressor makes it longer; a thousand times as much comes out at worst
  if (compressed > most) throw new RangeError(`a PNG file with ${compressed} bytes for its pixels`);
  return CHANNELS[type];
}

function decoded(chunks: readonly Chunk[]): { readonly data: Uint8Array } {
  try {
    return decode(writeChunks(chunks)) as { data: Uint8Array };
  } catch {
    throw new RangeError("a PNG file whose pixels cannot be read");
  }
}

/** Grey or RGB of a pixel, its alpha multiplied in. */
function overBlack(pixel: Uint8Array): Uint8Array {
  if (pixel.length % 2 === 1) return pixel;
  const alpha = pixel[pixel.length - 1];
  return pixel.slice(0, -1).map((value) => Math.round((value * alpha) / 255));
}

/** Grey of a colour (ITU-R BT.601), in whole numbers. */
const luma = (colour: Uint8Array): number =>
  colour.length === 1 ? colour[0] : (19595 * colour[0] + 38470 * colour[1] + 7471 * colour[2] + 32768) >> 16;
