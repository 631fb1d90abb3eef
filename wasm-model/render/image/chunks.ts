/** A PNG file as signature and chunks, [length, type, data, CRC-32] (PNG specification, section 5), and the recipe's chunk. */
import { crc32 } from "../../engine/drawing.ts";
import { joined } from "../../schema/bytes.ts";

export interface Chunk {
  /** Four letters, e.g. `IDAT`. */
  readonly type: string;
  readonly data: Uint8Array;
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Bytes of a chunk without its data. */
const FRAME = 12;

export function writeChunks(chunks: readonly Chunk[]): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(chunks.reduce((size, { data }) => size + FRAME + data.length, SIGNATURE.length));
  const view = new DataView(file.buffer);
  file.set(SIGNATURE);
  let at = SIGNATURE.length;
  for (const { type, data } of chunks) {
    const end = at + 8 + data.length;
    view.setUint32(at, data.length);
    for (let i = 0; i < 4; i++) file[at + 4 + i] = type.charCodeAt(i);
    file.set(data, at + 8);
    view.setUint32(end, crc32(file.subarray(at + 4, end)));
    at = end + 4;
  }
  return file;
}

/** The chunks up to and including IEND. Throws `RangeError` for a file that is not a PNG, is truncated or damaged. */
export function readChunks(file: Uint8Array): Chunk[] {
  if (SIGNATURE.some((byte, i) => file[i] !== byte)) throw new RangeError("bytes that are not a PNG file");
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const chunks: Chunk[] = [];
  let at = SIGNATURE.length;
  while (chunks.at(-1)?.type !== "IEND") {
    const length = at + FRAME <= file.length ? view.getUint32(at) : Number.POSITIVE_INFINITY;
    if (at + FRAME + length > file.length) throw new RangeError("a PNG file that is cut short");
    const end = at + 8 + length;
    if (view.getUint32(end) !== crc32(file.subarray(at + 4, end))) throw new RangeError("a PNG file that is damaged (CRC)");
    chunks.push({ type: String.fromCharCode(file[at + 4], file[at + 5], file[at + 6], file[at + 7]), data: file.subarray(at + 8, end) });
    at = end + 4;
  }
  return chunks;
}

const KEYWORD = "anneal";

/** Keyword and terminator, two bytes for "not compressed", terminators of an empty language tag and translated keyword. */
const HEAD = Uint8Array.from([...KEYWORD].map((letter) => letter.charCodeAt(0)).concat(0, 0, 0, 0, 0));

/**
 * The recipe as an `iTXt` chunk (PNG specification, section 11.3.4.5): a keyword, no compression, no language, UTF-8
 * text. The older `tEXt` supports Latin-1 only, and a seed may be any text.
 */
export const recipeChunk = (text: string): Chunk => ({ type: "iTXt", data: joined([HEAD, new TextEncoder().encode(text)]) });

/** The text that `recipeChunk` wrote; undefined if there is none. Throws `RangeError` for a file that is not an intact PNG. */
export function recipeIn(file: Uint8Array): string | undefined {
  const found = readChunks(file).find(({ type, data }) => type === "iTXt" && HEAD.every((byte, i) => data[i] === byte));
  return found && new TextDecoder("utf-8").decode(found.data.subarray(HEAD.length));
}
