/**
 * What drawing an image does beside its network, in one small WebAssembly instance (assembly/drawing.ts), made at the first
 * call. Each call brings its bytes in and its result out.
 */
import type { RandomState } from "../sampling/random.ts";
import { DRAWING } from "./dist/drawing.ts";

interface DrawingKernels {
  readonly memory: WebAssembly.Memory;
  readonly heapBase: { readonly value: number };
  beginData(): void;
  encodeRows(source: number, rows: number, stride: number, channels: number, filtered: number, target: number, isLast: boolean): number;
  crc32(from: number, length: number, crc: number): number;
  gaussians(...[key0, key1, nonce0, nonce1, draw, first, to, count]: readonly number[]): void;
}

const PAGE = 65536;

/** Bytes that are brought in at a time, so that the memory stays small. */
const BLOCK = 65536;

/** Vectors end up to so many bytes behind their array. */
const VECTOR = 16;

let module: WebAssembly.Module | undefined;
let instance: DrawingKernels | undefined;

/** For a host that compiles no bytes: the compiled module. */
export function provideDrawingModule(compiled: WebAssembly.Module): void {
  module = compiled;
}

/** The kernels, and their memory with room for `bytes` bytes from `start` on. */
function kernelsFor(bytes: number) {
  module ??= new WebAssembly.Module(Uint8Array.from(atob(DRAWING), (character) => character.charCodeAt(0)));
  instance ??= new WebAssembly.Instance(module).exports as DrawingKernels;
  const start = instance.heapBase.value;
  const missing = start + bytes - instance.memory.buffer.byteLength;
  if (missing > 0) instance.memory.grow(Math.ceil(missing / PAGE));
  return { kernels: instance, start, memory: new Uint8Array(instance.memory.buffer) };
}

/** The image data of a PNG file: filtered rows, compressed in zlib's format (assembly/png.ts). */
export function compressed(pixels: Uint8Array, height: number, channels: number): Uint8Array<ArrayBuffer> {
  const stride = pixels.length / height;
  const most = Math.min(height, Math.max(1, Math.floor(BLOCK / stride)));
  const filteredBytes = most * (stride + 1);
  const { kernels, start, memory } = kernelsFor((most + 1) * stride + filteredBytes + 2 * VECTOR + 2 * filteredBytes + 1024);
  const source = start + stride;
  const filtered = source + most * stride + VECTOR;
  const target = filtered + filteredBytes + VECTOR;
  const parts: Uint8Array<ArrayBuffer>[] = [];
  memory.fill(0, start, source); // above the first row
  kernels.beginData();
  for (let y = 0; y < height; y += most) {
    const rows = Math.min(most, height - y);
    if (y > 0) memory.copyWithin(start, source + (most - 1) * stride, source + most * stride);
    memory.set(pixels.subarray(y * stride, (y + rows) * stride), source);
    const length = kernels.encodeRows(source, rows, stride, channels, filtered, target, y + rows === height);
    parts.push(memory.slice(target, target + length));
  }
  return parts.length === 1 ? parts[0] : joined(...parts);
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Those of sampling/random.ts, bit for bit, in a tenth of the time. */
export function gaussians({ key, nonce }: RandomState, draw: number, out: Float32Array): void {
  const { kernels, start } = kernelsFor(BLOCK);
  for (let first = 0; first < out.length; first += BLOCK / 4) {
    const count = Math.min(BLOCK / 4, out.length - first);
    kernels.gaussians(key[0], key[1], nonce[0], nonce[1], draw, first, start, count);
    out.set(new Float32Array(kernels.memory.buffer, start, count), first);
  }
}

/** CRC-32 (PNG specification, annex D). */
export function crc32(bytes: Uint8Array): number {
  const { kernels, start, memory } = kernelsFor(BLOCK);
  let crc = 0;
  for (let at = 0; at < bytes.length; at += BLOCK) {
    const block = bytes.subarray(at, at + BLOCK);
    memory.set(block, start);
    crc = kernels.crc32(start, block.length, crc);
  }
  return crc >>> 0;
}
