/** The algorithms of integer convolution: DIRECT (relaxed build only), WINOGRAD and WINOGRAD_4. They give the same sums. */
import { CORRECTIONS, DIRECT, INPUTS, KERNEL, KIND, OUTPUTS, WEIGHTS, WINOGRAD } from "../layout";
import * as direct from "./direct";
import * as winograd from "./winograd";

/** Whether this build has DIRECT. */
export const hasDirect: bool = ASC_FEATURE_RELAXED_SIMD;

/** The faster algorithm on this machine. */
export function fastestConvolution(): i32 {
  if (ASC_FEATURE_RELAXED_SIMD) return direct.isNative() ? DIRECT : WINOGRAD;
  else return WINOGRAD;
}

/** Bytes of a convolution's packed weights; inputs and outputs are multiples of 8. */
export function weightBytes(kind: i32, inputs: i32, outputs: i32, kernel: i32): i32 {
  return kind == DIRECT ? outputs * inputs * kernel * kernel : winograd.weightBytes(kind, inputs, outputs, kernel);
}

/** Bytes that a convolution needs at SCRATCH. f64, since a large map may need more than 32 bits can address. */
export function scratchBytes(kind: i32, height: i32, width: i32, inputs: i32, kernel: i32): f64 {
  return kind == DIRECT ? 0 : winograd.scratchBytes(kind, height, width, inputs, kernel);
}

/**
 * Packs int8 filters [outputs][inputs][kernel][kernel] into the step's weights (zeros before) and corrections. The
 * correction of output o is zeroPoint * sum of filter o: what the codes' zero point adds to every sum, border included.
 */
export function pack(step: usize, filters: usize, inputs: i32, outputs: i32, zeroPoint: i32): void {
  const kind = load<i32>(step + KIND);
  const kernel = load<i32>(step + KERNEL);
  const paddedInputs = load<i32>(step + INPUTS);
  const weights = load<usize>(step + WEIGHTS);
  const taps = kernel * kernel;
  for (let o = 0; o < outputs; o++) {
    let sum = 0;
    for (let i = 0; i < inputs; i++, filters += taps) {
      if (kind == DIRECT) sum += direct.packFilter(filters, weights, o, i, paddedInputs, kernel);
      else sum += winograd.packFilter(kind, filters, weights, o, i, paddedInputs, kernel);
    }
    store<i32>(load<usize>(step + CORRECTIONS) + (o << 2), zeroPoint * sum);
  }
}

/** What a convolution computes once, before its blocks of output channels. */
export function prepare(step: usize): void {
  if (load<i32>(step + KIND) != DIRECT) winograd.prepare(step);
}

/** strip[p][0..7] = the integer sums of outputs `block` .. `block` + 7. */
export function convolve(step: usize, block: i32): void {
  if (load<i32>(step + KIND) != DIRECT) winograd.convolve(step, block);
  else if (ASC_FEATURE_RELAXED_SIMD) direct.convolve(step, block);
  else unreachable();
}
