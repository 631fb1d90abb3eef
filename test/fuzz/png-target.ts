/**
 * What the coverage-guided fuzzer (`npm run tool -- fuzz-png`) calls with bytes that it makes up: the PNG decoder and
 * the reading of recipes. The first byte says what the others stand for, so that checksums
 * and compression keep nothing from being reached.
 */
import { recipeIn } from "../../wasm-model/index.ts";
import { type Chunk, recipeChunk, writeChunks } from "../../wasm-model/render/image/chunks.ts";
import { decodeUpload } from "../../wasm-model/render/image/upload.ts";
import { dataChunks, END, headerChunk, KINDS } from "../support/png-file.ts";
import { TINY } from "../support/random-model.ts";

const { width, height } = TINY;
const TYPES = ["IHDR", "PLTE", "tRNS", "IDAT", "IEND", "iTXt", "acTL", "fdAT", "ABCD"];

type Maker = (bytes: Uint8Array) => Uint8Array;

const MAKERS: readonly Maker[] = [
  /** A file as it is. */
  (bytes) => bytes,
  /** Chunks with the right checksums: [type, length, data]. */
  (bytes) => {
    const chunks: Chunk[] = [];
    for (let at = 0; at + 2 <= bytes.length; at += 2 + bytes[at + 1]) {
      chunks.push({ type: TYPES[bytes[at] % TYPES.length], data: bytes.slice(at + 2, at + 2 + bytes[at + 1]) });
    }
    return writeChunks(chunks);
  },
  /** A kind of file and its scanlines: [colour type and depth, length of the palette, palette, scanlines]. */
  ([kind = 0, colours = 0, ...rest]) => {
    const [type, depth] = KINDS[kind % KINDS.length];
    const header = headerChunk({ width, height, type, depth });
    const palette = colours > 0 ? [{ type: "PLTE", data: Uint8Array.from(rest.slice(0, colours)) }] : [];
    return writeChunks([header, ...palette, ...dataChunks(Uint8Array.from(rest.slice(colours))), END]);
  },
  /** A recipe's text. */
  (bytes) => writeChunks([recipeChunk(new TextDecoder().decode(bytes)), END]),
];

/** Returns `use()`, or undefined where it throws an error of this class. */
function refusing<T>(kind: new (...args: never[]) => Error, use: () => T): T | undefined {
  try {
    return use();
  } catch (error) {
    if (error instanceof kind) return undefined;
    throw error;
  }
}

/** Throws for input that is neither read nor refused by the error that stands for it. */
export function fuzz([maker = 0, ...bytes]: Uint8Array): void {
  const file = MAKERS[maker % MAKERS.length](Uint8Array.from(bytes));
  for (const channels of [1, 3]) {
    const image = refusing(RangeError, () => decodeUpload(file, { width, height, channels }));
    if (image && image.pixels.length !== width * height * channels) throw new Error(`${image.pixels.length} bytes of pixels`);
  }
  refusing(RangeError, () => recipeIn(file));
}
