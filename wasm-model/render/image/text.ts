/**
 * The recipe in a PNG file, in an `iTXt` chunk (PNG specification, section 11.3.4.5): a keyword, no compression, no
 * language, UTF-8 text. The older `tEXt` supports Latin-1 only, and a seed may be any text.
 */
import { type Chunk, readChunks } from "./chunks.ts";

const KEYWORD = "anneal";

/** The most bytes of a text that is read. Two seeds of 256 characters, all escaped in JSON, take 3 KiB. */
const MAX_TEXT = 8192;

/**
 * Keyword and its terminator, two bytes for "not compressed", and the terminators of an empty language tag and an empty
 * translated keyword.
 */
const HEAD = Uint8Array.from([...KEYWORD].map((letter) => letter.charCodeAt(0)).concat(0, 0, 0, 0, 0));

const ENCODER = new TextEncoder();

export function internationalText(text: string): Chunk {
  const bytes = ENCODER.encode(text);
  const data = new Uint8Array(HEAD.length + bytes.length);
  data.set(HEAD);
  data.set(bytes, HEAD.length);
  return { type: "iTXt", data };
}

/**
 * The text that `internationalText` wrote into this PNG file; undefined if there is none. Throws `RangeError` for a
 * file that is not an intact PNG, or for a text longer than any that we write.
 */
export function recipeIn(file: Uint8Array): string | undefined {
  const found = readChunks(file).find(({ type, data }) => type === "iTXt" && HEAD.every((byte, i) => data[i] === byte));
  if (!found) return undefined;
  const text = found.data.subarray(HEAD.length);
  if (text.length > MAX_TEXT) throw new RangeError(`a PNG file with ${text.length} bytes of text`);
  return new TextDecoder("utf-8").decode(text);
}
