/**
 * Convolution by the relaxed dot product: int8 weights x uint7 codes straight from the padded map, 16 products per instruction.
 *
 * `relaxed_dot_i8x16_i7x16_add_s` may saturate pairs of products at 16 bits on some machines; with codes in 0..127 no pair reaches
 * that (2 * 127 * 128 < 2^15), so the sums are exact and the same everywhere.
 */
import { INPUTS, KERNEL, OUTPUTS, HEIGHT, SOURCE, SOURCE_OFFSETS, SOURCE_ROW, STRIP, WEIGHTS, WIDTH } from "../layout";

/** Bytes of one convolution's packed weights, [outputs/8][kernel^2][inputs/4][2][4 outputs][4 inputs]. */
export function weightBytes(inputs: i32, outputs: i32, kernel: i32): i32 {
  return outputs * inputs * kernel * kernel;
}

/** One filter [kernel^2] of output o, input i into its place. */
export function packWeights(filter: usize, target: usize, o: i32, i: i32, inputs: i32, kernel: i32): void {
  const taps = kernel * kernel;
  const block = target + (((o >> 3) * taps * inputs) << 3) + ((i >> 2) << 5) + ((o & 7) << 2) + (i & 3);
  for (let tap = 0; tap < taps; tap++) store<i8>(block + ((tap * inputs) << 3), load<i8>(filter + tap));
}

/**
 * strip[p][0..7] = sum over the window of pixel p of codes x weights, outputs `block` .. `block` + 7. A window is `kernel` runs of
 * kernel * inputs contiguous bytes. Four pixels x eight outputs stay in registers, whatever rows the pixels lie in: maps of any width,
 * 7 included, waste at most three pixels in all.
 */
export function convolve(step: usize, block: i32): void {
  const pixels = load<i32>(step + HEIGHT) * load<i32>(step + WIDTH);
  const inputs = load<i32>(step + INPUTS);
  const kernel = load<i32>(step + KERNEL);
  const source = load<usize>(step + SOURCE);
  const run = kernel * inputs;
  const toNextRun = load<i32>(step + SOURCE_ROW) - run;
  const weights = load<usize>(step + WEIGHTS) + block * kernel * run;
  let offsets = load<usize>(step + SOURCE_OFFSETS);
  let out = load<usize>(step + STRIP);
  for (let p = 0; p < pixels; p += 4) {
    let a = source + load<u32>(offsets),
      b = source + load<u32>(offsets, 4);
    let c = source + load<u32>(offsets, 8),
      d = source + load<u32>(offsets, 12);
    let a0 = i32x4.splat(0),
      a1 = i32x4.splat(0),
      b0 = i32x4.splat(0),
      b1 = i32x4.splat(0);
    let c0 = i32x4.splat(0),
      c1 = i32x4.splat(0),
      d0 = i32x4.splat(0),
      d1 = i32x4.splat(0);
    let w = weights;
    for (let r = 0; r < kernel; r++) {
      for (const end = a + run; a < end; ) {
        let w0 = v128.load(w),
          w1 = v128.load(w, 16),
          x = v128.load32_splat(a);
        a0 = i32x4.relaxed_dot_i8x16_i7x16_add_s(w0, x, a0);
        a1 = i32x4.relaxed_dot_i8x16_i7x16_add_s(w1, x, a1);
        x = v128.load32_splat(b);
        b0 = i32x4.relaxed_dot_i8x16_i7x16_add_s(w0, x, b0);
        b1 = i32x4.relaxed_dot_i8x16_i7x16_add_s(w1, x, b1);
        x = v128.load32_splat(c);
        c0 = i32x4.relaxed_dot_i8x16_i7x16_add_s(w0, x, c0);
        c1 = i32x4.relaxed_dot_i8x16_i7x16_add_s(w1, x, c1);
        x = v128.load32_splat(d);
        d0 = i32x4.relaxed_dot_i8x16_i7x16_add_s(w0, x, d0);
        d1 = i32x4.relaxed_dot_i8x16_i7x16_add_s(w1, x, d1);
        (w0 = v128.load(w, 32)), (w1 = v128.load(w, 48)), (x = v128.load32_splat(a, 4));
        a0 = i32x4.relaxed_dot_i8x16_i7x16_add_s(w0, x, a0);
        a1 = i32x4.relaxed_dot_i8x16_i7x16_add_s(w1, x, a1);
        x = v128.load32_splat(b, 4);
        b0 = i32x4.relaxed_dot_i8x16_i7x16_add_s(w0, x, b0);
        b1 = i32x4.relaxed_dot_i8x16_i7x16_add_s(w1, x, b1);
        x = v128.load32_splat(c, 4);
        c0 = i32x4.relaxed_dot_i8x16_i7x16_add_s(w0, x, c0);
        c1 = i32x4.relaxed_dot_i8x16_i7x16_add_s(w1, x, c1);
        x = v128.load32_splat(d, 4);
        d0 = i32x4.relaxed_dot_i8x16_i7x16_add_s(w0, x, d0);
        d1 = i32x4.relaxed_dot_i8x16_i7x16_add_s(w1, x, d1);
        (a += 8), (b += 8), (c += 8), (d += 8), (w += 64);
      }
      (a += toNextRun), (b += toNextRun), (c += toNextRun), (d += toNextRun);
    }
    v128.store(out, a0), v128.store(out, a1, 16), v128.store(out, b0, 32), v128.store(out, b1, 48);
    v128.store(out, c0, 64), v128.store(out, c1, 80), v128.store(out, d0, 96), v128.store(out, d1, 112);
    (out += 128), (offsets += 16);
  }
}

/**
 * Whether the dot product is one instruction of this machine (AVX-VNNI, ARM's dot product): four products of 255 and 127 then add up
 * unsaturated, or 255 counts as -1. Where it is put together from pairs of products, these saturate at 2^15 - 1.
 */
export function isNative(): bool {
  const sum = i32x4.relaxed_dot_i8x16_i7x16_add_s(i8x16.splat(127), i8x16.splat(-1), i32x4.splat(0));
  return i32x4.extract_lane(sum, 0) != 2 * 0x7fff;
}
