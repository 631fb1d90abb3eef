import { type BitDepth, encode } from "fast-png";
import { describe, expect, it } from "vitest";
import { readChunks, writeChunks } from "../../../wasm-model/image/chunks.ts";
import { encodePng, type Pixels } from "../../../wasm-model/image/png.ts";
import { decodeUpload } from "../../../wasm-model/image/upload.ts";

const WIDTH = 5;
const HEIGHT = 3;
const GREY = { width: WIDTH, height: HEIGHT, channels: 1 };
const RGB = { ...GREY, channels: 3 };
const AREA = WIDTH * HEIGHT;

/** Of any kind, with values of any channel between 0 and 255. */
function file(
  channels: number,
  { depth = 8, interlace = "null" as "null" | "Adam7", value = (i: number) => (i * 37) % 256 } = {},
): Uint8Array {
  const data = Uint8Array.from({ length: AREA * channels }, (_, i) => value(i));
  const wide = depth === 16 ? Uint16Array.from(data) : data;
  return encode({ data: wide, width: WIDTH, height: HEIGHT, channels, depth: depth as BitDepth }, { interlace });
}

const bytes = ({ pixels }: Pixels): number[] => [...pixels];

describe("decodeUpload", () => {
  it.each(["null", "Adam7"] as const)("takes grey pictures, interlaced: %s", (interlace) => {
    expect(bytes(decodeUpload(file(1, { interlace }), GREY))).toEqual(Array.from({ length: AREA }, (_, i) => (i * 37) % 256));
  });

  it("takes what we write", () => {
    const pixels = Uint8Array.from({ length: AREA }, (_, i) => 255 - i);
    expect(bytes(decodeUpload(encodePng({ pixels, ...GREY }, "a note"), GREY))).toEqual([...pixels]);
  });

  it("takes colours as colours, and as their grey for grey models", () => {
    const grey = (i: number) => 17 * Math.floor(i / 3);
    expect(bytes(decodeUpload(file(3), RGB))).toEqual(Array.from({ length: AREA * 3 }, (_, i) => (i * 37) % 256));
    expect(bytes(decodeUpload(file(3, { value: grey }), GREY))).toEqual(Array.from({ length: AREA }, (_, i) => 17 * i));
    expect(bytes(decodeUpload(file(1), RGB))).toEqual(Array.from({ length: AREA * 3 }, (_, i) => (Math.floor(i / 3) * 37) % 256));
  });

  it("lays alpha over black", () => {
    const value = (i: number) => (i % 2 === 0 ? 200 : [0, 255, 128][((i - 1) / 2) % 3]);
    expect(bytes(decodeUpload(file(2, { value }), GREY)).slice(0, 3)).toEqual([0, 200, 100]);
    const opaque = (i: number) => (i % 4 === 3 ? 255 : 90);
    expect(new Set(bytes(decodeUpload(file(4, { value: opaque }), RGB)))).toEqual(new Set([90]));
  });

  const chunks = readChunks(file(1));
  const withData = (data: Uint8Array) => writeChunks(chunks.map((chunk) => (chunk.type === "IDAT" ? { ...chunk, data } : chunk)));
  const idat = chunks.find(({ type }) => type === "IDAT")!.data;
  const palette = encode({
    data: new Uint8Array(AREA),
    width: WIDTH,
    height: HEIGHT,
    channels: 1,
    depth: 8,
    palette: [
      [0, 0, 0],
      [255, 255, 255],
    ],
  });

  it.each<[string, Uint8Array, string]>([
    ["other files", new TextEncoder().encode("GIF89a"), "bytes that are no PNG file"],
    ["nothing", new Uint8Array(), "bytes that are no PNG file"],
    ["half a file", file(1).subarray(0, 50), "a PNG file that is cut short"],
    ["other sizes", encodePng({ pixels: new Uint8Array(4), width: 2, height: 2, channels: 1 }), "a PNG file of 2x2 pixels"],
    [
      "sizes the other way round",
      encodePng({ pixels: new Uint8Array(AREA), width: HEIGHT, height: WIDTH, channels: 1 }),
      "a PNG file of 3x5 pixels",
    ],
    ["16 bits", file(1, { depth: 16 }), "a PNG file of 16 bits per channel"],
    ["palettes", palette, "a PNG file with a palette"],
    ["missing data", withData(idat.subarray(0, 4)), "a PNG file whose pixels cannot be read"],
    ["rubbish for data", withData(new Uint8Array(20).fill(170)), "a PNG file whose pixels cannot be read"],
    ["too much data", withData(new Uint8Array(100_000)), "a PNG file with 100000 bytes for its pixels"],
    ["no header", writeChunks(chunks.slice(1)), "a PNG file without a header"],
    [
      "a transparent colour",
      writeChunks([chunks[0], { type: "tRNS", data: new Uint8Array(2) }, ...chunks.slice(1)]),
      "a PNG file with a transparent colour (tRNS)",
    ],
  ])("refuses %s", (_, upload, message) => {
    expect(() => decodeUpload(upload, GREY)).toThrow(new RangeError(message));
  });
});
