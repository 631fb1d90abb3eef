/**
 * What drawing an image does beside its network, in one small WebAssembly instance (assembly/drawing.ts), made at the first
 * call. Each call brings its bytes in and its result out.
 */
import type { RandomState } from "../sampling/random.ts";
import { fromBase64, joined } from "../schema/bytes.ts";
import { DRAWING } from "./dist/drawing.ts";

type DrawingKernel = (...addressesAndNumbers: readonly number[]) => number;

interface DrawingKernels
  extends Readonly<Record<"beginData" | "encodeRows" | "crc32" | "gaussians" | "resizePlane" | "choosePaletteColours", DrawingKernel>> {
  readonly memory: WebAssembly.Memory;
  readonly heapBase: { readonly value: number };
}

const PAGE = 65536;
/** Bytes that are brought in at a time, so that the memory stays small. */
const BLOCK = 65536;
/** Kernels read and write up to so many bytes behind an array. */
const VECTOR = 16;

let module: WebAssembly.Module | undefined;
let instance: DrawingKernels | undefined;

/** For a host that compiles no bytes: the compiled module. */
export function provideDrawingModule(compiled: WebAssembly.Module): void {
  module = compiled;
}

/** The kernels, and the addresses of arrays of so many bytes in their memory. */
function kernelsFor(...sizes: readonly number[]) {
  module ??= new WebAssembly.Module(fromBase64(DRAWING));
  instance ??= new WebAssembly.Instance(module).exports as DrawingKernels;
  const { heapBase, memory } = instance;
  let end = heapBase.value;
  const addresses = sizes.map((bytes) => {
    const address = end;
    end += Math.ceil(bytes / VECTOR) * VECTOR + VECTOR;
    return address;
  });
  if (end > memory.buffer.byteLength) memory.grow(Math.ceil((end - memory.buffer.byteLength) / PAGE));
  return { kernels: instance, memory: new Uint8Array(memory.buffer), addresses };
}

/** The image data of a PNG file: filtered rows, compressed in zlib's format (assembly/png.ts). */
export function compressPixels(pixels: Uint8Array, height: number, channels: number): Uint8Array<ArrayBuffer> {
  const stride = pixels.length / height;
  const most = Math.min(height, Math.max(1, Math.floor(BLOCK / stride)));
  const bytes = most * (stride + 1);
  const { kernels, memory, addresses } = kernelsFor(stride + most * stride, bytes, 2 * bytes + 1024);
  const [above, filtered, target] = addresses;
  const source = above + stride;
  const parts: Uint8Array<ArrayBuffer>[] = [];
  memory.fill(0, above, source);
  kernels.beginData();
  for (let y = 0; y < height; y += most) {
    const rows = Math.min(most, height - y);
    if (y > 0) memory.copyWithin(above, above + most * stride, source + most * stride);
    memory.set(pixels.subarray(y * stride, (y + rows) * stride), source);
    const length = kernels.encodeRows(source, rows, stride, channels, filtered, target, y + rows === height ? 1 : 0);
    parts.push(memory.slice(target, target + length));
  }
  return parts.length === 1 ? parts[0] : joined(parts);
}

/** CRC-32 (PNG specification, annex D). */
export function crc32(bytes: Uint8Array): number {
  const { kernels, memory, addresses } = kernelsFor(BLOCK);
  let crc = 0;
  for (let at = 0; at < bytes.length; at += BLOCK) {
    const block = bytes.subarray(at, at + BLOCK);
    memory.set(block, addresses[0]);
    crc = kernels.crc32(addresses[0], block.length, crc);
  }
  return crc >>> 0;
}

/** Those of sampling/random.ts, bit for bit, in less time. */
export function gaussians({ key, nonce }: RandomState, draw: number, out: Float32Array): void {
  const { kernels, memory, addresses } = kernelsFor(BLOCK);
  for (let first = 0; first < out.length; first += BLOCK / 4) {
    const count = Math.min(BLOCK / 4, out.length - first);
    kernels.gaussians(key[0], key[1], nonce[0], nonce[1], draw, first, addresses[0], count);
    out.set(new Float32Array(memory.buffer, addresses[0], count), first);
  }
}

/** Which positions of a side each position of its new size is made of, `each` for all: weights (f64), then places (i32). */
export interface Taps {
  readonly length: number;
  readonly each: number;
  readonly table: Uint8Array;
}

/** Planar values [C, height, width] -> [C, rows, columns]: sums with these weights, across first, then down. */
export function resized(values: Float32Array, height: number, width: number, rows: Taps, columns: Taps): Float32Array {
  const [size, newSize] = [height * width, rows.length * columns.length];
  const sizes = [4 * size, 4 * newSize, 8 * height * (columns.length + 1), rows.table.length, columns.table.length];
  const { kernels, memory, addresses } = kernelsFor(...sizes);
  const [source, target, across, down, along] = addresses;
  memory.set(rows.table, down);
  memory.set(columns.table, along);
  const out = new Float32Array((values.length / size) * newSize);
  for (let from = 0, at = 0; from < values.length; from += size, at += newSize) {
    new Float32Array(memory.buffer, source, size).set(values.subarray(from, from + size));
    kernels.resizePlane(source, height, width, target, across, rows.length, rows.each, down, columns.length, columns.each, along);
    out.set(new Float32Array(memory.buffer, target, newSize), at);
  }
  return out;
}

/** No colour of a palette. */
export const NO_COLOUR = 255;

/**
 * The index of a palette's colour for each pixel, or NO_COLOUR (assembly/pixel-art.ts). Pixels and colours, less the ground's: i16 [N, 4].
 * `clear` is 1 for clear pixels; where the ground `isKey`, these have a colour, too.
 */
export function paletteColours(pixels: Int16Array, clear: Uint8Array, width: number, colours: Int16Array, isKey: boolean): Uint8Array {
  const count = clear.length;
  const fours = Math.ceil(colours.length / 16);
  const { kernels, memory, addresses } = kernelsFor(8 * count, count, 32 * fours, count, (16 * fours + 8) * count);
  const [source, isClear, palette, target, room] = addresses;
  new Int16Array(memory.buffer, source).set(pixels);
  memory.set(clear, isClear);
  memory.fill(0, palette, palette + 32 * fours);
  new Int16Array(memory.buffer, palette).set(colours);
  kernels.choosePaletteColours(source, isClear, count, width, palette, colours.length / 4, isKey ? 1 : 0, target, room);
  return memory.slice(target, target + count);
}
