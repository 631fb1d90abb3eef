/**
 * The innermost loop of all convolutions, and where those of Winograd have their inputs. The loop sums products for four
 * pixels x eight outputs, held in registers. Each pixel has its own address, whatever its row, so a map of any width wastes
 * at most three pixels in all.
 *
 * One step of the loop takes 4 bytes of each pixel and 32 bytes of weights, [2][4 outputs] of 4 bytes.
 */
import { HEIGHT, SOURCE, SOURCE_OFFSETS, SOURCE_ROW, STRIP, WEIGHTS, WIDTH } from "../layout";

/** The 4 bytes are four codes of 8 bits, or one float32. */
export const BYTES: i32 = 0;
export const FLOAT: i32 = 1;

/** out[pixel][output] = sum over `runs` runs of `runBytes` bytes at a, b, c, d, `toNextRun` bytes apart. `type`: a constant. */
@inline
function multiply(
  type: i32, a: usize, b: usize, c: usize, d: usize, runs: i32, runBytes: i32, toNextRun: i32, weights: usize, out: usize,
): void {
  let a0 = i32x4.splat(0), a1 = i32x4.splat(0), b0 = i32x4.splat(0), b1 = i32x4.splat(0);
  let c0 = i32x4.splat(0), c1 = i32x4.splat(0), d0 = i32x4.splat(0), d1 = i32x4.splat(0);
  for (; runs > 0; runs--) {
    for (const end = a + runBytes; a < end; a += 4, b += 4, c += 4, d += 4, weights += 32) {
      const w0 = v128.load(weights), w1 = v128.load(weights, 16);
      let x = v128.load32_splat(a);
      a0 = addProducts(type, a0, w0, x);
      a1 = addProducts(type, a1, w1, x);
      x = v128.load32_splat(b);
      b0 = addProducts(type, b0, w0, x);
      b1 = addProducts(type, b1, w1, x);
      x = v128.load32_splat(c);
      c0 = addProducts(type, c0, w0, x);
      c1 = addProducts(type, c1, w1, x);
      x = v128.load32_splat(d);
      d0 = addProducts(type, d0, w0, x);
      d1 = addProducts(type, d1, w1, x);
    }
    a += toNextRun, b += toNextRun, c += toNextRun, d += toNextRun;
  }
  v128.store(out, a0), v128.store(out, a1, 16), v128.store(out, b0, 32), v128.store(out, b1, 48);
  v128.store(out, c0, 64), v128.store(out, c1, 80), v128.store(out, d0, 96), v128.store(out, d1, 112);
}

@inline
function addProducts(type: i32, sum: v128, weights: v128, x: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD && type == BYTES) return i32x4.relaxed_dot_i8x16_i7x16_add_s(weights, x, sum);
  else return f32x4.add(sum, f32x4.mul(weights, x));
}

/**
 * Convolves all pixels of a step into strip[pixel][8], for outputs `block` .. `block` + 7. The window of a pixel starts
 * at source + offsets[pixel] and consists of `kernel` runs of `runBytes` bytes, SOURCE_ROW apart.
 */
@inline
export function convolveWindows(type: i32, step: usize, block: i32, kernel: i32, runBytes: i32): void {
  const pixels = load<i32>(step + HEIGHT) * load<i32>(step + WIDTH), source = load<usize>(step + SOURCE);
  const rowBytes = load<i32>(step + SOURCE_ROW), weights = load<usize>(step + WEIGHTS) + block * kernel * runBytes;
  let offsets = load<usize>(step + SOURCE_OFFSETS), strip = load<usize>(step + STRIP);
  for (const end = offsets + (pixels << 2); offsets < end; offsets += 16, strip += 128) {
    const a = source + load<u32>(offsets), b = source + load<u32>(offsets, 4);
    const c = source + load<u32>(offsets, 8), d = source + load<u32>(offsets, 12);
    multiply(type, a, b, c, d, kernel, runBytes, rowBytes - runBytes, weights, strip);
  }
}

/**
 * The address of an even-numbered tile and the next one in V, [tiles/4][coefficients][inputs/2][4 tiles][2 inputs] of 16 bits:
 * what the products of four tiles read together lies side by side. `fourBytes` are those of four tiles.
 */
@inline
export function inFour(v: usize, tile: i32, fourBytes: i32): usize {
  return v + (tile >> 2) * fourBytes + ((tile & 2) << 2);
}

/** Stores eight inputs of two neighbouring tiles: [inputs/2][2 tiles][2 inputs], 16 bytes from one pair of inputs to the next. */
@inline
export function storePair(a: v128, b: v128, v: usize): void {
  const low = v128.shuffle<i32>(a, b, 0, 4, 1, 5), high = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  v128.store64_lane(v, low, 0);
  v128.store64_lane(v, low, 1, 16);
  v128.store64_lane(v, high, 0, 32);
  v128.store64_lane(v, high, 1, 48);
}
