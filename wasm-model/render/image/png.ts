/**
 * PNG bytes from pixels. The promise "same seed, same bytes" is on the file, so the encoder is a JavaScript library and its settings are fixed here:
 * a platform's zlib may compress the same pixels differently from one version to the next.
 */
import { encode } from "fast-png";
import { readChunks, writeChunks } from "./chunks.ts";
import { internationalText } from "./text.ts";

export interface Pixels {
  /** Bytes, row by row, the channels of a pixel side by side. */
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** 1 = grey, 3 = RGB. */
  readonly channels: number;
}

/** Pixels of our own making. */
export type Picture = Pixels & { readonly pixels: Uint8Array<ArrayBuffer> };

/** `mem` fixes the size of the compressor's hash table, which would otherwise come from Math.log of the input's length. */
const COMPRESSION = { level: 9, mem: 4 } as const;

/** An 8-bit grey or RGB PNG, not interlaced; with what is to be said about it, if anything (text.ts). */
export function encodePng({ pixels, width, height, channels }: Pixels, recipe?: string): Uint8Array<ArrayBuffer> {
  if (channels !== 1 && channels !== 3) throw new RangeError(`Expected 1 or 3 for \`channels\` but received ${channels}`);
  const file = encode({ data: pixels, width, height, channels, depth: 8 }, { zlib: COMPRESSION }) as Uint8Array<ArrayBuffer>;
  if (recipe === undefined) return file;
  const chunks = readChunks(file);
  return writeChunks([...chunks.slice(0, -1), internationalText(recipe), ...chunks.slice(-1)]);
}
