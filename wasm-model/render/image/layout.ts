import type { Chunk } from "./chunks.ts";

/** The chunks of a PNG file that decide its pixels. */
export interface PngChunks {
  /** IHDR, 13 bytes. */
  readonly header: Uint8Array;
  /** PLTE: red, green and blue of each colour. */
  readonly palette?: Uint8Array | undefined;
  /** tRNS: the alpha of the palette's colours, or the colour that is transparent. */
  readonly transparency?: Uint8Array | undefined;
  /** IDAT, in one piece. */
  readonly compressed: Uint8Array;
}

/** The critical chunks that PNG defines, and any ancillary chunk (PNG specification, section 5.4). */
const KNOWN = /^(IHDR|PLTE|IDAT|IEND|[a-z][a-zA-Z]{3})$/;

/**
 * Finds those chunks and ignores all other ancillary ones, such as the animation of an APNG. Throws `RangeError` unless
 * order and number of the chunks are as PNG requires (PNG specification, section 5.6): decoders could disagree about
 * the image in any other file.
 */
export function layoutOf(chunks: readonly Chunk[]): PngChunks {
  const types = chunks.map(({ type }) => type);
  const only = (type: string): Uint8Array | undefined => {
    const at = types.indexOf(type);
    if (at !== types.lastIndexOf(type)) throw new RangeError(`a PNG file with more than one ${type} chunk`);
    return chunks[at]?.data;
  };
  if (types[0] !== "IHDR" || chunks[0].data.length !== 13) throw new RangeError("a PNG file without a header");
  if (!types.every((type) => KNOWN.test(type))) throw new RangeError("a PNG file with an unknown critical chunk");
  const [header, palette, transparency] = [chunks[0].data, only("PLTE"), only("tRNS")];
  only("IHDR");
  const [first, last] = [types.indexOf("IDAT"), types.lastIndexOf("IDAT")];
  if (first < 0) throw new RangeError("a PNG file without pixels");
  const parts = chunks.slice(first, last + 1);
  if (parts.some(({ type }) => type !== "IDAT")) throw new RangeError("a PNG file with other chunks among its IDAT chunks");
  const [colours, alphas] = [types.indexOf("PLTE"), types.indexOf("tRNS")];
  if (colours > first || alphas > first) throw new RangeError("a PNG file with its colours after its pixels");
  if (alphas >= 0 && alphas < colours) throw new RangeError("a PNG file with its tRNS chunk before its palette");
  return { header, palette, transparency, compressed: joined(parts) };
}

function joined(parts: readonly Chunk[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((size, { data }) => size + data.length, 0));
  let at = 0;
  for (const { data } of parts) {
    whole.set(data, at);
    at += data.length;
  }
  return whole;
}
