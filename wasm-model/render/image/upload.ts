/**
 * Decodes an uploaded PNG file to the shape of a model, for the Worker and the command line. It accepts what canvases
 * and optimizers write at the model's size: grey, RGB or palette, 1 to 8 bits, with or without alpha, not interlaced.
 * Transparent pixels are composited over black, gamma and colour profiles are ignored, and an APNG gives its default
 * image. All other files are refused, most of them before decompression. It never decompresses more than an image of
 * that size needs.
 */
import { readChunks } from "./chunks.ts";
import { inflateInto } from "./inflate.ts";
import { layoutOf, type PngChunks } from "./layout.ts";
import type { Pixels } from "./png.ts";
import { type Raster, samplesOf, scanlineBytes } from "./scanlines.ts";

export interface UploadShape {
  readonly width: number;
  readonly height: number;
  /** 1 = grey, 3 = RGB. */
  readonly channels: number;
}

interface PngHeader extends Raster {
  readonly hasPalette: boolean;
}

interface ColourType {
  readonly channels: number;
  readonly depths: readonly number[];
}

const PALETTE = 3;

/**
 * Channels and depths of each colour type (PNG specification, table 11.1, without 16 bits): grey, RGB, palette, grey
 * with alpha, RGB with alpha.
 */
const KINDS: Readonly<Record<number, ColourType>> = {
  0: { channels: 1, depths: [1, 2, 4, 8] },
  2: { channels: 3, depths: [8] },
  [PALETTE]: { channels: 1, depths: [1, 2, 4, 8] },
  4: { channels: 2, depths: [8] },
  6: { channels: 4, depths: [8] },
};

/** Grey, or red, green and blue; then alpha. All are 0 to 255. */
type Colour = readonly [values: readonly number[], alpha: number];

/** The image in the model's channels. Throws `RangeError` whose message completes "... but received {message}". */
export function decodeUpload(file: Uint8Array, { width, height, channels }: UploadShape): Pixels {
  const layout = layoutOf(readChunks(file));
  const header = headerOf(layout.header);
  if (header.width !== width || header.height !== height) throw new RangeError(`a PNG file of ${header.width}x${header.height} pixels`);
  const colourOf = coloursOf(header, layout);
  const scanlines = new Uint8Array(scanlineBytes(header));
  const { length } = layout.compressed;
  // No compressor expands data that much, and a stream of thousands of empty blocks would take long to read.
  if (length > 1.25 * scanlines.length + 1024) throw new RangeError(`a PNG file with ${length} bytes for its pixels`);
  inflateInto(scanlines, layout.compressed);
  const samples = samplesOf(scanlines, header);
  const pixels = new Uint8Array(channels * width * height);
  for (let i = 0; i < width * height; i++) {
    const colour = overBlack(colourOf(samples.subarray(i * header.channels, (i + 1) * header.channels)));
    for (let c = 0; c < channels; c++) pixels[i * channels + c] = channels === 1 ? luma(colour) : colour[c % colour.length];
  }
  return { pixels, width, height, channels };
}

function headerOf(data: Uint8Array): PngHeader {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const [depth, type, compression, filter, interlace] = data.subarray(8);
  const kind = KINDS[type];
  if (kind && depth === 16) throw new RangeError("a PNG file of 16 bits (save it with 8)");
  if (interlace === 1) throw new RangeError("an interlaced PNG file (save it without interlacing)");
  if (!kind) throw new RangeError(`a PNG file of colour type ${type}`);
  if (!kind.depths.includes(depth)) throw new RangeError(`a PNG file of colour type ${type} and ${depth} bits`);
  if (compression !== 0 || filter !== 0 || interlace !== 0) throw new RangeError("a PNG file of an unknown method");
  return { width: view.getUint32(0), height: view.getUint32(4), channels: kind.channels, depth, hasPalette: type === PALETTE };
}

/**
 * Converts a pixel's numbers to a colour. Throws `RangeError` for a palette or a transparent colour that does not fit
 * the header.
 */
function coloursOf({ channels, depth, hasPalette }: PngHeader, { palette, transparency }: PngChunks): (pixel: Uint8Array) => Colour {
  const count = (palette?.length ?? 0) / 3;
  const isGrey = channels < 3 && !hasPalette;
  if (palette && (isGrey || !Number.isInteger(count) || count < 1 || count > 256)) throw new RangeError("a PNG file with a wrong palette");
  if (hasPalette) {
    if (!palette || count > 1 << depth) throw new RangeError("a PNG file with a wrong palette");
    if (transparency && transparency.length > count) throw new RangeError("a PNG file with a wrong tRNS chunk");
    return ([index]) => {
      if (index >= count) throw new RangeError("a PNG file with a colour that is not in its palette");
      return [[...palette.subarray(3 * index, 3 * index + 3)], transparency?.[index] ?? 255];
    };
  }
  if (channels % 2 === 0) {
    if (transparency) throw new RangeError("a PNG file with a wrong tRNS chunk");
    return (pixel) => [[...pixel.subarray(0, -1)], pixel[channels - 1]];
  }
  if (transparency && transparency.length !== 2 * channels) throw new RangeError("a PNG file with a wrong tRNS chunk");
  const isTransparent = (pixel: Uint8Array) =>
    transparency !== undefined && pixel.every((value, c) => value === ((transparency[2 * c] << 8) | transparency[2 * c + 1]));
  const scale = 255 / ((1 << depth) - 1);
  return (pixel) => [Array.from(pixel, (value) => scale * value), isTransparent(pixel) ? 0 : 255];
}

/** Grey or RGB of a colour, its alpha multiplied in. There are no ties: 255 is odd. */
const overBlack = ([values, alpha]: Colour): number[] => values.map((value) => Math.round((value * alpha) / 255));

/** Grey of a colour (ITU-R BT.601), in whole numbers. */
const luma = (colour: readonly number[]): number =>
  colour.length === 1 ? colour[0] : (19595 * colour[0] + 38470 * colour[1] + 7471 * colour[2] + 32768) >> 16;
