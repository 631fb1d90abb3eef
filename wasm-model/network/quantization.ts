/**
 * The arithmetic of int8 models, fixed once for export and engine. Activations are codes 0..127 with one
 * scale and zero point per map. They have seven bits, so that the sum of two products of code and weight fits into 16
 * bits. Filters are int8 with one scale per output channel. The sums are exact in integers:
 *
 *   conv(x, w)[o] = scale scales[o] sum (code - zeroPoint) weights[o]
 */

/** Largest code of a quantized map. */
export const MAX_CODE = 127;
/** Largest magnitude of a quantized filter's element. The range is symmetric, so the code of -w is minus the code of w. */
export const MAX_WEIGHT = 127;

/** The real value of a code is scale (code - zeroPoint); 0 is always represented exactly. */
export interface Quantizer {
  /** > 0, an fp32 value. */
  readonly scale: number;
  /** Integer in 0..MAX_CODE. */
  readonly zeroPoint: number;
}

export interface QuantizedConv {
  /** [outputs, inputs, kernel, kernel], -127..127; the real filter is scales[output] times this. */
  readonly weights: Int8Array;
  /** [outputs], > 0. */
  readonly scales: Float32Array;
  /** The quantizer of the map that the convolution reads. */
  readonly input: Quantizer;
}

/** What a network has learned, by parameter path (network.ts). Filters have unit norm: interpreters use them as they are. */
export interface Weights {
  /** fp32 parameters, in the shapes of `parametersOf`. */
  readonly floats: ReadonlyMap<string, Float32Array>;
  /** int8 convolutions; empty in an fp32 model, all but `in` in an int8 model. */
  readonly convolutions: ReadonlyMap<string, QuantizedConv>;
}

/** The nearest integer, ties to the even one: IEEE 754's default and ONNX QuantizeLinear's rounding. */
export function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  const fraction = x - below;
  if (fraction === 0.5) return below + (below % 2 === 0 ? 0 : 1);
  return fraction < 0.5 ? below : below + 1;
}

/** Smallest and largest real value of the codes 0..MAX_CODE, as fp32 values. */
export function rangeOf({ scale, zeroPoint }: Quantizer): readonly [number, number] {
  return [Math.fround((0 - zeroPoint) * scale), Math.fround((MAX_CODE - zeroPoint) * scale)];
}
