/**
 * What a PNG file says about itself, in an `iTXt` chunk (PNG specification, section 11.3.4.5): a keyword, no compression, no language, UTF-8 text.
 * The older `tEXt` knows Latin-1 only, and a seed may be any text.
 */
import { type Chunk, readChunks } from "./chunks.ts";

const KEYWORD = "anneal";

/** Most bytes of a text that is read: a seed of 256 characters and another to interpolate to, all of them escaped in JSON, take 3 KiB. */
const MAX_TEXT = 8192;

/** Keyword, its end, two bytes that say "not compressed", and the ends of an empty language tag and an empty translated keyword. */
const HEAD = [...KEYWORD].map((letter) => letter.charCodeAt(0)).concat(0, 0, 0, 0, 0);

export function internationalText(text: string): Chunk {
  return { type: "iTXt", data: Uint8Array.of(...HEAD, ...new TextEncoder().encode(text)) };
}

/**
 * The text that `internationalText` wrote into this PNG file; undefined when there is none. Throws `RangeError` for what is no intact PNG, or for a text
 * longer than any that we write.
 */
export function recipeIn(file: Uint8Array): string | undefined {
  const found = readChunks(file).find(({ type, data }) => type === "iTXt" && HEAD.every((byte, i) => data[i] === byte));
  if (!found) return undefined;
  const text = found.data.subarray(HEAD.length);
  if (text.length > MAX_TEXT) throw new RangeError(`a PNG file with ${text.length} bytes of text`);
  return new TextDecoder("utf-8").decode(text);
}
