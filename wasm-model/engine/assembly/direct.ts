/**
 * Convolution by the relaxed dot product: int8 weights x uint7 codes straight from the padded map, 16 products per
 * instruction.
 *
 * `relaxed_dot_i8x16_i7x16_add_s` may saturate pairs of products at 16 bits on some machines; with codes in 0..127 no
 * pair reaches that (2 * 127 * 128 < 2^15), so the sums are exact and the same everywhere.
 */
import { INPUTS, KERNEL } from "../layout";
import { BYTES, convolveWindows } from "./kernel";

/**
 * Packs the filter [kernel^2] of output o and input i into [outputs/8][kernel^2][inputs/4][2][4 outputs][4 inputs]. Returns
 * the sum of its weights.
 */
export function packFilter(filter: usize, target: usize, o: i32, i: i32, inputs: i32, kernel: i32): i32 {
  const taps = kernel * kernel;
  let at = target + (o >> 3) * taps * (inputs << 3) + ((i >> 2) << 5) + ((o & 7) << 2) + (i & 3);
  let sum = 0;
  for (const end = filter + taps; filter < end; filter++, at += inputs << 3) {
    const weight = load<i8>(filter);
    store<i8>(at, weight);
    sum += weight;
  }
  return sum;
}

/** strip[p][0..7] = sum over the window of pixel p of codes x weights, outputs `block` .. `block` + 7. */
export function convolve(step: usize, block: i32): void {
  const kernel = load<i32>(step + KERNEL);
  convolveWindows(BYTES, step, block, kernel, kernel * load<i32>(step + INPUTS));
}

/**
 * Whether this machine computes the dot product in one instruction (AVX-VNNI, ARM's dot product). That adds four
 * products of 255 and 127 without saturation, or takes 255 as -1. An emulation by pairs of products saturates each pair
 * at 2^15 - 1.
 */
export function isNative(): bool {
  const sum = i32x4.relaxed_dot_i8x16_i7x16_add_s(i8x16.splat(127), i8x16.splat(-1), i32x4.splat(0));
  return i32x4.extract_lane(sum, 0) != 2 * 0x7fff;
}
