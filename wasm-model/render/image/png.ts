/** PNG and APNG bytes from pixels, the same everywhere: a platform's zlib may compress differently in its next version. */
import { compressPixels } from "../../engine/drawing.ts";
import { joined } from "../../schema/bytes.ts";
import { type Chunk, recipeChunk, writeChunks } from "./chunks.ts";

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

/** Colour type of each number of channels (PNG specification, table 11.1), and that of indexed images. */
const COLOUR_TYPES: Readonly<Record<number, number>> = { 1: 0, 3: 2, 4: 6 };
const INDEXED = 3;
/** The most colours of an indexed image. */
const MOST_COLOURS = 256;

export const END: Chunk = { type: "IEND", data: new Uint8Array() };

/** An 8-bit grey, RGB or RGBA PNG, not interlaced, with the recipe as text, if there is one. */
export function encodePng(image: Pixels, recipe?: string): Uint8Array<ArrayBuffer> {
  return writeChunks([headerOf(image), dataOf(image), ...recipeChunks(recipe), END]);
}

/**
 * As `encodePng`, of an RGB or RGBA image with few colours: a byte a pixel, the index of its colour (PNG specification, sections
 * 11.2.2 and 11.3.2.1). One with more than 256 is not indexed.
 */
export function encodeIndexedPng(image: Pixels, recipe?: string): Uint8Array<ArrayBuffer> {
  const { pixels, width, height, channels } = image;
  const view = new DataView(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  const indices = new Uint8Array(width * height);
  const found = new Map<number, number>();
  for (let i = 0; i < indices.length; i++) {
    const at = i * channels;
    const colour = channels === 4 ? view.getUint32(at) : 256 * (256 * (256 * pixels[at] + pixels[at + 1]) + pixels[at + 2]) + 255;
    let index = found.get(colour);
    if (index === undefined) {
      if (found.size === MOST_COLOURS) return encodePng(image, recipe);
      index = found.size;
      found.set(colour, index);
    }
    indices[i] = index;
  }
  const colours = [...found.keys()].map((colour) => uint32s(colour));
  const palette = { type: "PLTE", data: joined(colours.map((colour) => colour.subarray(0, 3))) };
  const opacities = colours.map((colour) => colour[3]);
  const last = opacities.findLastIndex((opacity) => opacity < 255);
  const transparent = last < 0 ? [] : [{ type: "tRNS", data: Uint8Array.from(opacities.slice(0, last + 1)) }];
  const data = { type: "IDAT", data: compressPixels(indices, height, 1) };
  return writeChunks([headerOf(image, INDEXED), palette, ...transparent, data, ...recipeChunks(recipe), END]);
}

const recipeChunks = (recipe: string | undefined): Chunk[] => (recipe === undefined ? [] : [recipeChunk(recipe)]);

const dataOf = ({ pixels, height, channels }: Pixels): Chunk => ({ type: "IDAT", data: compressPixels(pixels, height, channels) });

/** The chunk IHDR: size, 8 bits, colour type, and the only compression, filters and interlacing that we use. */
export function headerOf({ width, height, channels }: Pixels, type = COLOUR_TYPES[channels]): Chunk {
  if (type === undefined) throw new RangeError(`Expected 1, 3 or 4 for \`channels\` but received ${channels}`);
  const data = new Uint8Array(13);
  const view = new DataView(data.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  data[8] = 8;
  data[9] = type;
  return { type: "IHDR", data };
}

/** How long frames are shown, and the last one, in milliseconds. */
const DURATION = 100;
const LAST_DURATION = 2000;

/**
 * Several images as one animated PNG (PNG specification, third edition, section 11.3.6): an endless loop of frames (at
 * least one) of equal shape. Programs without support for animations show the first one.
 */
export function encodeApng(frames: readonly Pixels[], recipe?: string): Uint8Array<ArrayBuffer> {
  let sequence = 0;
  const body = frames.flatMap((frame, i): Chunk[] => {
    const duration = i === frames.length - 1 ? LAST_DURATION : DURATION;
    const control = { type: "fcTL", data: frameControl(sequence++, frame, duration) };
    const chunk = dataOf(frame);
    return [control, i === 0 ? chunk : { type: "fdAT", data: joined([uint32s(sequence++), chunk.data]) }];
  });
  return writeChunks([headerOf(frames[0]), { type: "acTL", data: uint32s(frames.length, 0) }, ...body, ...recipeChunks(recipe), END]);
}

/** Position and duration of a frame: it replaces the whole image. */
function frameControl(sequence: number, { width, height }: Pixels, duration: number): Uint8Array {
  const data = new Uint8Array(26);
  data.set(uint32s(sequence, width, height, 0, 0));
  const view = new DataView(data.buffer);
  view.setUint16(20, duration);
  view.setUint16(22, 1000); // milliseconds
  return data;
}

function uint32s(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  for (const [i, value] of values.entries()) new DataView(bytes.buffer).setUint32(4 * i, value);
  return bytes;
}
