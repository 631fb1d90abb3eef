/** The integer convolution of this build: one source, two complete builds. */
import * as direct from "./direct";
import * as winograd from "./winograd";

/** Bytes of a convolution's packed weights; inputs and outputs are multiples of 8. */
export function weightBytes(inputs: i32, outputs: i32, kernel: i32): i32 {
  if (ASC_FEATURE_RELAXED_SIMD) return direct.weightBytes(inputs, outputs, kernel);
  else return winograd.weightBytes(inputs, outputs, kernel);
}

/** Scratch bytes of a convolution. */
export function scratchBytes(height: i32, width: i32, inputs: i32, kernel: i32): i32 {
  if (ASC_FEATURE_RELAXED_SIMD) return direct.scratchBytes(height, width, inputs, kernel);
  else return winograd.scratchBytes(height, width, inputs, kernel);
}

/**
 * Int8 filters [outputs][inputs][kernel][kernel] -> this build's packing at `target` (zeroed before), for `paddedInputs` inputs;
 * sums[o] = sum of filter o.
 */
export function pack(filters: usize, inputs: i32, outputs: i32, kernel: i32, target: usize, paddedInputs: i32, sums: usize): void {
  const taps = kernel * kernel;
  for (let o = 0; o < outputs; o++) {
    let sum = 0;
    for (let i = 0; i < inputs; i++, filters += taps) {
      for (let tap = 0; tap < taps; tap++) sum += load<i8>(filters + tap);
      if (ASC_FEATURE_RELAXED_SIMD) direct.packWeights(filters, target, o, i, paddedInputs, kernel);
      else winograd.packWeights(filters, target, o, i, paddedInputs, kernel);
    }
    store<i32>(sums + (o << 2), sum);
  }
}

/** What a convolution needs once, before its blocks of output channels. */
// @ts-ignore: decorator
@inline
export function prepare(step: usize): void {
  if (!ASC_FEATURE_RELAXED_SIMD) winograd.prepare(step);
}

/** strip[p][0..7] = the integer sums of outputs `block` .. `block` + 7. */
// @ts-ignore: decorator
@inline
export function convolve(step: usize, block: i32): void {
  if (ASC_FEATURE_RELAXED_SIMD) direct.convolve(step, block);
  else winograd.convolve(step, block);
}

/**
 * Whether the relaxed dot product is native here (AVX-VNNI, ARM's dot product): four products of 255 and 127 then add up without
 * saturation, or 255 counts as -1; where it is made of 16-bit pairs these saturate at 2^15 - 1. The plain build is the faster one there.
 */
export function hasNativeDot(): bool {
  if (!ASC_FEATURE_RELAXED_SIMD) return false;
  else return i32x4.extract_lane(i32x4.relaxed_dot_i8x16_i7x16_add_s(i8x16.splat(127), i8x16.splat(-1), i32x4.splat(0)), 0) != 65534;
}
