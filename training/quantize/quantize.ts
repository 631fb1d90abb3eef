/**
 * Static post-training quantization (quantization.ts): fp32 weights and what calibration recorded of the maps give an
 * int8 model.
 */
import { type Parameter, parametersOf, quantizedPathsOf } from "../../wasm-model/network/count.ts";
import {
  MAX_CODE,
  MAX_WEIGHT,
  type QuantizedConv,
  type Quantizer,
  roundHalfEven,
  type Weights,
} from "../../wasm-model/network/quantization.ts";
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import { BLOCK, feedbackOf, type Moments, padded, startKernel } from "./moments.ts";

/** Smallest and largest value seen. */
export type Range = readonly [min: number, max: number];

/** What a convolution reads while images are drawn. */
export interface ConvolutionInput {
  readonly range: Range;
  /** Without them each weight is rounded to the nearest. */
  readonly moments?: Moments;
}

/** Quantizes every convolution of a score network but the first. */
export const quantizeWeights = (spec: NetworkSpec, weights: Weights, inputs: ReadonlyMap<string, ConvolutionInput>): Weights =>
  quantizePaths({ parameters: parametersOf(spec), quantized: quantizedPathsOf(spec) }, weights, inputs);

/** The convolutions of a network that are quantized, and all its parameters. */
export interface Quantized {
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly quantized: readonly string[];
}

/** `inputs`: what each quantized convolution reads, by path. Throws if a parameter or an input is missing. */
export function quantizePaths(
  { parameters, quantized }: Quantized,
  { floats }: Weights,
  inputs: ReadonlyMap<string, ConvolutionInput>,
): Weights {
  const rest = new Map(floats);
  const convolutions = new Map<string, QuantizedConv>();
  for (const path of quantized) {
    const [outputs = 0] = expectIn(parameters, path).shape;
    const { range, moments } = expectIn(inputs, path);
    convolutions.set(path, { ...quantizeFilters(expectIn(floats, path), outputs, moments), input: quantizerFor(range, MAX_CODE) });
    rest.delete(path);
  }
  return { floats: rest, convolutions };
}

/**
 * Codes 0..maxCode over the range, widened to include 0. scale = (max - min) / maxCode, rounded up to fp32 so that the
 * codes span the range. The zero point is the code nearest to 0, so up to half a step may be cut off at one end. A map
 * that is always 0 gets scale 1.
 */
export function quantizerFor([min, max]: Range, maxCode: number): Quantizer {
  const low = Math.min(min, 0);
  const width = Math.max(max, 0) - low;
  if (!Number.isFinite(width)) throw new Error(`Expected a finite \`range\` but received [${min}, ${max}]`);
  if (width === 0) return { scale: 1, zeroPoint: 0 };
  // Computed from the unrounded scale: a range symmetric about 0 is a tie, which fake quantization (score-network.ts)
  // must break in the same way.
  return { scale: scaleOver(width, maxCode), zeroPoint: roundHalfEven(((0 - low) * maxCode) / width) };
}

/** The smallest fp32 value whose product with `maxCode` is at least `width`; the product is exact in doubles. */
function scaleOver(width: number, maxCode: number): number {
  const scale = Float32Array.of(width / maxCode);
  if (scale[0] * maxCode < width) new Uint32Array(scale.buffer)[0]++; // the next larger fp32 value
  return scale[0];
}

/**
 * Per output channel: scale = max |w| / 127, weights = round(w / scale). With moments, later weights make up for the
 * rounding of earlier ones, so that the output errs least. A channel of zeros gets scale 1.
 */
export function quantizeFilters(filters: Float32Array, outputs: number, moments?: Moments): Pick<QuantizedConv, "weights" | "scales"> {
  const scales = new Float32Array(outputs).fill(1);
  const size = filters.length / outputs;
  const exact = new Float64Array(filters.length);
  for (let o = 0; o < outputs; o++) {
    let largest = 0;
    for (let k = o * size; k < (o + 1) * size; k++) largest = Math.max(largest, Math.abs(filters[k]));
    if (largest > 0) scales[o] = largest / MAX_WEIGHT;
    for (let k = o * size; k < (o + 1) * size; k++) exact[k] = filters[k] / scales[o];
  }
  return { weights: moments ? roundedTogether(exact, outputs, feedbackOf(moments)) : Int8Array.from(exact, roundHalfEven), scales };
}

/** All filters at once, and a block of weights at a time: what their errors make of later blocks is added once for all of them. */
function roundedTogether(exact: Float64Array, outputs: number, feedback: Float64Array): Int8Array {
  const n = exact.length / outputs;
  const codes = new Int8Array(exact.length);
  const [filters, weights] = [padded(outputs), padded(n)];
  const [rows, errors] = [filters * weights, (filters + BLOCK) * weights];
  const { values, addProducts } = startKernel(errors + BLOCK * filters); // the wanted weights [filters, weights], feedback and errors of a block
  for (let o = 0; o < outputs; o++) values.set(exact.subarray(o * n, (o + 1) * n), o * weights);
  for (let start = 0; start < n; start += BLOCK) {
    const end = Math.min(start + BLOCK, n);
    for (let k = start; k < end; k++) {
      const row = feedback.subarray(k * n, (k + 1) * n);
      values.set(row, rows + (k - start) * weights);
      for (let o = 0; o < outputs; o++) {
        const code = Math.min(Math.max(roundHalfEven(values[o * weights + k]), -MAX_WEIGHT), MAX_WEIGHT);
        codes[o * n + k] = code;
        const error = exact[o * n + k] - code;
        values[errors + (k - start) * filters + o] = error;
        for (let j = k + 1; j < end; j++) values[o * weights + j] += error * row[j];
      }
    }
    if (end < n) addProducts(errors, rows + end, end - start, filters, weights, end, filters, weights - end, 0);
  }
  return codes;
}

/** The entry of a convolution. Throws if there is none. */
export function expectIn<T>(map: ReadonlyMap<string, T>, path: string): T {
  const value = map.get(path);
  if (value === undefined) throw new Error(`Expected an entry for the convolution \`${path}\` but received none`);
  return value;
}
