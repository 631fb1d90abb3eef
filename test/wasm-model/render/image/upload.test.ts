import fc from "fast-check";
import { decode, encode } from "fast-png";
import { deflate } from "pako";
import { describe, expect, it } from "vitest";
import { type Chunk, readChunks, writeChunks } from "../../../../wasm-model/render/image/chunks.ts";
import { encodeApng, encodePng, type Pixels } from "../../../../wasm-model/render/image/png.ts";
import { decodeUpload } from "../../../../wasm-model/render/image/upload.ts";
import { CHANNELS, dataChunks, END, headerChunk, KINDS, type PngKind, scanlinesOf } from "../../../support/png-file.ts";

const WIDTH = 5;
const HEIGHT = 3;
const GREY = { width: WIDTH, height: HEIGHT, channels: 1 };
const RGB = { ...GREY, channels: 3 };
const AREA = WIDTH * HEIGHT;

/** Of fast-png, with values of any channel between 0 and 255. */
function file(channels: number, { interlace = "null" as "null" | "Adam7", value = (i: number) => (i * 37) % 256 } = {}): Uint8Array {
  const data = Uint8Array.from({ length: AREA * channels }, (_, i) => value(i));
  return encode({ data, width: WIDTH, height: HEIGHT, channels }, { interlace });
}

const bytes = ({ pixels }: Pixels): number[] => [...pixels];

/** The chunks of a file of our own. */
interface Written {
  readonly kind: PngKind;
  readonly samples: readonly number[];
  readonly filters?: readonly number[];
  readonly palette?: readonly number[];
  readonly transparency?: readonly number[];
  readonly parts?: number;
}

function written({ kind, samples, filters, palette, transparency, parts }: Written): Uint8Array {
  return writeChunks([
    headerChunk(kind),
    { type: "gAMA", data: new Uint8Array(4) },
    ...(palette ? [{ type: "PLTE", data: Uint8Array.from(palette) }] : []),
    ...(transparency ? [{ type: "tRNS", data: Uint8Array.from(transparency) }] : []),
    ...dataChunks(scanlinesOf(kind, samples, filters && [...filters]), parts),
    { type: "teSt", data: new Uint8Array(9) },
    END,
  ]);
}

/**
 * What a pixel of a file of our own looks like: red, green and blue, laid over black. By fractions, without a thought
 * for speed.
 */
function colourOf({ kind: { type, depth }, palette, transparency }: Written, pixel: readonly number[]): number[] {
  const most = type === 3 ? 255n : 2n ** BigInt(depth) - 1n;
  const hasAlpha = type === 4 || type === 6;
  const values = type === 3 ? palette!.slice(3 * pixel[0], 3 * pixel[0] + 3) : hasAlpha ? pixel.slice(0, -1) : pixel;
  let alpha = hasAlpha ? BigInt(pixel.at(-1)!) : most;
  if (type === 3) alpha = BigInt(transparency?.[pixel[0]] ?? 255);
  else if (transparency && pixel.every((value, c) => value === 256 * transparency[2 * c] + transparency[2 * c + 1])) alpha = 0n;
  const laid = values.map((value) => Number((2n * 255n * BigInt(value) * alpha + most * most) / (2n * most * most)));
  return laid.length === 1 ? [laid[0], laid[0], laid[0]] : laid;
}

const anyFile = fc
  .record({ kind: fc.constantFrom(...KINDS), width: fc.integer({ min: 1, max: 19 }), height: fc.integer({ min: 1, max: 11 }) })
  .chain(({ kind: [type, depth], width, height }) => {
    const colours = 2 ** Math.min(depth, 5);
    const most = type === 3 ? colours - 1 : 2 ** depth - 1;
    const count = width * height * CHANNELS[type];
    const key = Array.from({ length: CHANNELS[type] }, () => fc.integer({ min: 0, max: most }));
    const byteOf = fc.integer({ min: 0, max: 255 });
    const isOpaque = type === 0 || type === 2;
    return fc.record(
      {
        kind: fc.record({
          width: fc.constant(width),
          height: fc.constant(height),
          type: fc.constant(type),
          depth: fc.constant(depth),
        }),
        samples: fc.array(fc.integer({ min: 0, max: most }), { minLength: count, maxLength: count }),
        filters: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 12 }),
        parts: fc.integer({ min: 1, max: 4 }),
        palette: type === 3 ? fc.array(byteOf, { minLength: 3 * colours, maxLength: 3 * colours }) : fc.constant(undefined),
        transparency: isOpaque
          ? fc.tuple(...key).map((values) => values.flatMap((value) => [value >> 8, value & 255]))
          : type === 3
            ? fc.array(byteOf, { minLength: 1, maxLength: colours })
            : fc.constant(undefined),
      },
      { requiredKeys: type === 3 ? ["kind", "samples", "palette"] : ["kind", "samples"] },
    );
  }) as fc.Arbitrary<Written>;

describe("decodeUpload", () => {
  it("takes every kind of PNG file of 1 to 8 bits, exact to the byte", () => {
    fc.assert(
      fc.property(anyFile, (of) => {
        const { width, height, type } = of.kind;
        const step = CHANNELS[type];
        const colours = Array.from({ length: width * height }, (_, i) => colourOf(of, of.samples.slice(i * step, (i + 1) * step)));
        const upload = written(of);
        expect(decodeUpload(upload, { width, height, channels: 3 })).toEqual({
          width,
          height,
          channels: 3,
          pixels: Uint8Array.from(colours.flat()),
        });
        const greys = colours.map(([r, g, b]) => Math.floor((19595 * r + 38470 * g + 7471 * b + 32768) / 65536));
        expect(bytes(decodeUpload(upload, { width, height, channels: 1 }))).toEqual(greys);
      }),
      { numRuns: 400, seed: 11 },
    );
  });

  it("agrees with fast-png", () => {
    fc.assert(
      fc.property(anyFile, (of) => {
        const { transparency: _, ...opaque } = of;
        const { width, height, type, depth } = of.kind;
        fc.pre(depth === 8 && (type === 0 || type === 2));
        const { data, channels } = decode(written(opaque));
        expect(bytes(decodeUpload(written(opaque), { width, height, channels }))).toEqual([...data]);
      }),
      { numRuns: 50, seed: 11 },
    );
  });

  it("takes what we write, and the default image of an animation", () => {
    const pixels = Uint8Array.from({ length: AREA }, (_, i) => 255 - i);
    expect(bytes(decodeUpload(encodePng({ pixels, ...GREY }, "a note"), GREY))).toEqual([...pixels]);
    const frames = [pixels, new Uint8Array(AREA)].map((pixels) => ({ image: { pixels, ...GREY }, duration: 100 }));
    expect(bytes(decodeUpload(encodeApng(frames), GREY))).toEqual([...pixels]);
  });

  it("takes colours as colours, and converts them to grey for grey models", () => {
    const grey = (i: number) => 17 * Math.floor(i / 3);
    expect(bytes(decodeUpload(file(3, { value: grey }), GREY))).toEqual(Array.from({ length: AREA }, (_, i) => 17 * i));
    expect(bytes(decodeUpload(file(1), RGB))).toEqual(Array.from({ length: AREA * 3 }, (_, i) => (Math.floor(i / 3) * 37) % 256));
  });

  it("composites alpha over black", () => {
    const value = (i: number) => (i % 2 === 0 ? 200 : [0, 255, 128][((i - 1) / 2) % 3]);
    expect(bytes(decodeUpload(file(2, { value }), GREY)).slice(0, 3)).toEqual([0, 200, 100]);
    const opaque = (i: number) => (i % 4 === 3 ? 255 : 90);
    expect(new Set(bytes(decodeUpload(file(4, { value: opaque }), RGB)))).toEqual(new Set([90]));
  });
});

/** In each of these one thing is wrong: without the checks most would be decoded, some at the cost of gigabytes. */
describe("decodeUpload refuses", () => {
  const kind = { width: WIDTH, height: HEIGHT, type: 0, depth: 8 };
  const samples = Array.from({ length: AREA }, (_, i) => i % 2);
  const scanlines = scanlinesOf(kind, samples);
  const [ihdr, [idat]] = [headerChunk(kind), dataChunks(scanlines)];
  const huge = headerChunk({ ...kind, width: 60_000, height: 60_000 });
  const empty = (type: string, length = 0): Chunk => ({ type, data: new Uint8Array(length) });
  const colours = empty("PLTE", 6);
  const indexed = headerChunk({ ...kind, type: 3 });
  const compressed = (data: Uint8Array) => writeChunks([ihdr, { type: "IDAT", data }, END]);
  const header = (...chunks: readonly Chunk[]) => writeChunks([...chunks, idat, END]);
  const headerByte = (at: number, value: number) => header({ ...ihdr, data: ihdr.data.map((byte, i) => (i === at ? value : byte)) });
  const good = writeChunks([ihdr, idat, END]);

  it("none of these files without the fault", () => {
    expect(bytes(decodeUpload(good, GREY))).toEqual(samples);
    expect(bytes(decodeUpload(header(ihdr, ...new Array<Chunk>(1021).fill(empty("teSt"))), GREY))).toEqual(samples);
    expect(bytes(decodeUpload(writeChunks([indexed, colours, empty("tRNS", 2), idat, END]), GREY))).toEqual(new Array(AREA).fill(0));
  });

  it.each<[string, Uint8Array, string]>([
    ["other files", new TextEncoder().encode("GIF89a"), "bytes that are not a PNG file"],
    ["a file without its end", good.subarray(0, -12), "a PNG file that is cut short"],
    ["a changed byte", good.map((byte, i) => (i === 50 ? byte ^ 1 : byte)), "a PNG file that is damaged (CRC)"],
    ["too many chunks", header(ihdr, ...new Array<Chunk>(1022).fill(empty("teSt"))), "a PNG file of more than 1024 chunks"],
    ["another chunk before the header", header(empty("gAMA", 4), ihdr), "a PNG file without a header"],
    ["other sizes", encodePng({ pixels: new Uint8Array(4), width: 2, height: 2, channels: 1 }), "a PNG file of 2x2 pixels"],
    ["huge sizes", header(huge), "a PNG file of 60000x60000 pixels"],
    ["a second, huge header after the pixels", writeChunks([ihdr, idat, huge, END]), "a PNG file with more than one IHDR chunk"],
    ["unknown critical chunks", header(ihdr, empty("ABCD")), "a PNG file with an unknown critical chunk"],
    ["two palettes", header(indexed, colours, colours), "a PNG file with more than one PLTE chunk"],
    ["a palette after the pixels", writeChunks([indexed, idat, colours, END]), "a PNG file with its colours after its pixels"],
    ["tRNS before the palette", header(indexed, empty("tRNS", 2), colours), "a PNG file with its tRNS chunk before its palette"],
    ["chunks among the pixels", writeChunks([ihdr, idat, empty("tEXt"), idat, END]), "a PNG file with other chunks among its IDAT chunks"],
    ["no pixels", writeChunks([ihdr, END]), "a PNG file without pixels"],
    ["an unknown colour type", headerByte(9, 1), "a PNG file of colour type 1"],
    ["16 bits", header(headerChunk({ ...kind, depth: 16 })), "a PNG file of 16 bits (save it with 8)"],
    ["interlaced files", file(1, { interlace: "Adam7" }), "an interlaced PNG file (save it without interlacing)"],
    ["an unknown depth", headerByte(8, 3), "a PNG file of colour type 0 and 3 bits"],
    ["an unknown compression", headerByte(10, 1), "a PNG file of an unknown method"],
    ["no palette", header(indexed), "a PNG file with a wrong palette"],
    ["too many colours", header(headerChunk({ ...kind, type: 3, depth: 1 }), empty("PLTE", 9)), "a PNG file with a wrong palette"],
    ["a palette for grey", header(ihdr, colours), "a PNG file with a wrong palette"],
    ["a colour that is not in the palette", header(indexed, empty("PLTE", 3)), "a PNG file with a colour that is not in its palette"],
    ["a short tRNS", header(ihdr, empty("tRNS", 1)), "a PNG file with a wrong tRNS chunk"],
    ["tRNS beside alpha", header(headerChunk({ ...kind, type: 4 }), empty("tRNS", 2)), "a PNG file with a wrong tRNS chunk"],
    ["an unknown filter", compressed(deflate(scanlines.map((byte, i) => (i === 0 ? 5 : byte)))), "a PNG file with the filter 5"],
    ["missing data", compressed(idat.data.subarray(0, 4)), "a PNG file with missing pixels"],
    ["surplus data", compressed(deflate(Uint8Array.of(...scanlines, 0))), "a PNG file with more pixels than its header says"],
    ["a bomb", compressed(deflate(new Uint8Array(1e6))), "a PNG file with more pixels than its header says"],
    ["bytes after the stream", compressed(Uint8Array.of(...idat.data, 0)), "a PNG file with surplus bytes after its compressed pixels"],
    [
      "another Adler-32",
      compressed(idat.data.map((byte, i) => (i === idat.data.length - 1 ? byte ^ 1 : byte))),
      "a PNG file whose pixels cannot be decompressed (incorrect data check)",
    ],
    ["too much data", compressed(new Uint8Array(100_000)), "a PNG file with 100000 bytes for its pixels"],
  ])("%s", (_, upload, message) => {
    expect(() => decodeUpload(upload, GREY)).toThrow(new RangeError(message));
  });

  it("anything damaged, always with a RangeError", () => {
    const upload = written({ kind, samples, transparency: [0, 1] });
    for (let i = 0; i < upload.length; i++) {
      expect(
        () =>
          decodeUpload(
            upload.map((byte, k) => (k === i ? byte ^ 16 : byte)),
            GREY,
          ),
        `byte ${i}`,
      ).toThrow(RangeError);
    }
    const chunks = readChunks(upload); // the same with the right CRC
    const any = fc.record({ chunk: fc.nat(chunks.length - 1), at: fc.nat(40), value: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(any, { minLength: 1, maxLength: 4 }), (changes) => {
        const damaged = chunks.map(({ type, data }) => ({ type, data: data.slice() }));
        for (const { chunk, at, value } of changes) if (at < damaged[chunk].data.length) damaged[chunk].data[at] = value;
        try {
          expect(decodeUpload(writeChunks(damaged), GREY).pixels).toHaveLength(AREA);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
      { numRuns: 500, seed: 11 },
    );
  });
});
