/** PNG files of the most bytes that an upload may have, each made to cost as much as it can. */
import { deflateSync } from "node:zlib";
import { type Chunk, writeChunks } from "../../wasm-model/render/image/chunks.ts";
import { dataChunks, END, headerChunk, scanlinesOf } from "../support/png-file.ts";

const NATIVE = { width: 28, height: 28, type: 0, depth: 8 };
/** The kind with the most bytes and the most work for each pixel. */
const RICHEST = { ...NATIVE, type: 6 };
const HEADER = headerChunk(NATIVE);

const idat = (data: Uint8Array): Chunk => ({ type: "IDAT", data });
/** Text under our keyword: of iTXt, uncompressed; of zTXt, compressed. */
const text = (type: "iTXt" | "zTXt", data: Uint8Array): Chunk => {
  const head = type === "iTXt" ? "anneal\0\0\0\0\0" : "anneal\0\0";
  return { type, data: new Uint8Array(Buffer.concat([Buffer.from(head), data])) };
};
const recipe = (json: string): Chunk => text("iTXt", Buffer.from(json));

/** A zlib stream of stored blocks without content, `length` bytes in all. */
const emptyBlocks = (length: number): Uint8Array => {
  const stream = new Uint8Array(length).fill(0);
  stream.set([0x78, 0x01]);
  for (let at = 2; at + 5 <= length; at += 5) stream.set([0, 0, 0, 0xff, 0xff], at);
  return stream;
};

/** By name: files of `size` bytes at the most. */
export function pngBombs(size: number): Map<string, Uint8Array> {
  const room = size - 200; // for the other chunks
  const zeros = deflateSync(new Uint8Array(2e6), { level: 9 }); // 2 kB, about the most that is decompressed
  const noise = Uint8Array.from({ length: room }, (_, i) => (i * 2654435761) >>> 24);
  const samples = Array.from({ length: 28 * 28 * 4 }, (_, i) => (i * 40_503) % 256);
  const bombs: Record<string, Uint8Array> = {
    "1000 times more pixels than the header says": writeChunks([HEADER, idat(zeros), END]),
    "a header of 2^31 pixels a side": writeChunks([headerChunk({ ...NATIVE, width: 2 ** 31 - 1, height: 2 ** 31 - 1 }), idat(zeros), END]),
    "empty blocks of compression, as many as are read": writeChunks([HEADER, idat(emptyBlocks(2000)), END]),
    "empty blocks of compression, as many as fit": writeChunks([HEADER, idat(emptyBlocks(room)), END]),
    "noise as compressed pixels": writeChunks([HEADER, idat(noise), END]),
    "one byte in each IDAT chunk": writeChunks([
      HEADER,
      ...Array.from({ length: Math.floor(room / 13) }, (_, i) => idat(noise.subarray(i, i + 1))),
      END,
    ]),
    "empty chunks": writeChunks([HEADER, ...Array.from({ length: Math.floor(room / 12) }, () => idat(new Uint8Array())), END]),
    "a large unknown chunk": writeChunks([HEADER, { type: "abCd", data: noise }, ...dataChunks(new Uint8Array(28 * 29)), END]),
    "compressed text of zeros": writeChunks([HEADER, text("zTXt", zeros), ...dataChunks(new Uint8Array(28 * 29)), END]),
    "a recipe nested as deep as it is long": writeChunks([recipe("[".repeat(room)), END]),
    "the longest recipe that is read": writeChunks([
      recipe(`{"model":"a","version":"b","options":{"seed":"${"\\u0000".repeat(1300)}"}}`),
      END,
    ]),
    "a frame after the other": writeChunks([
      HEADER,
      ...dataChunks(new Uint8Array(28 * 29)),
      ...Array.from({ length: 900 }, () => ({ type: "fdAT", data: noise.subarray(0, room / 900 - 12) })),
      END,
    ]),
    "the costliest right image": writeChunks([headerChunk(RICHEST), ...dataChunks(scanlinesOf(RICHEST, samples, [4])), END]),
  };
  return new Map(Object.entries(bombs));
}
