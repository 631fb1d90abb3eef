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
import { feedbackOf, type Moments } from "./moments.ts";

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
interface Quantized {
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
  const weights = new Int8Array(filters.length);
  const scales = new Float32Array(outputs).fill(1);
  const size = filters.length / outputs;
  const feedback = moments && feedbackOf(moments);
  const exact = new Float64Array(size);
  for (let o = 0; o < outputs; o++) {
    const filter = filters.subarray(o * size, (o + 1) * size);
    let largest = 0;
    for (const w of filter) largest = Math.max(largest, Math.abs(w));
    if (largest > 0) scales[o] = largest / MAX_WEIGHT;
    for (let k = 0; k < size; k++) exact[k] = filter[k] / scales[o];
    const codes = weights.subarray(o * size, (o + 1) * size);
    if (feedback) roundTogether(exact, feedback, codes);
    else for (let k = 0; k < size; k++) codes[k] = roundHalfEven(exact[k]);
  }
  return { weights, scales };
}

function roundTogether(exact: Float64Array, feedback: Float64Array, codes: Int8Array): void {
  const n = exact.length;
  const wanted = exact.slice();
  for (let k = 0; k < n; k++) {
    codes[k] = Math.min(Math.max(roundHalfEven(wanted[k]), -MAX_WEIGHT), MAX_WEIGHT);
    const error = exact[k] - codes[k];
    for (let j = k + 1; j < n; j++) wanted[j] += error * feedback[k * n + j];
  }
}

/** The entry of a convolution. Throws if there is none. */
export function expectIn<T>(map: ReadonlyMap<string, T>, path: string): T {
  const value = map.get(path);
  if (value === undefined) throw new Error(`Expected an entry for the convolution \`${path}\` but received none`);
  return value;
}
