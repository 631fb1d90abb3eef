/** Trained parameters by path, as in checkpoint and ONNX. Stored filters have unit root mean square, exported ones unit norm. */

import { gaussians } from "../../wasm-model/engine/drawing.ts";
import type { ModelCard } from "../../wasm-model/model/card.ts";
import type { ModelContents } from "../../wasm-model/model/onnx/writer.ts";
import { type Parameter, parametersOf } from "../../wasm-model/network/count.ts";
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import { seedState, uniforms } from "../../wasm-model/sampling/random.ts";

export type Parameters = Map<string, Float32Array>;

/** Filters ~ N(0, 1), gains 0, frequencies ~ N(0, 1), phases ~ U(0, 1); each parameter has its own random stream. */
export const initialParameters = (spec: NetworkSpec, seed: string): Parameters => randomParameters(parametersOf(spec), seed);

/** `initialParameters` of any network, by its parameters. */
export function randomParameters(known: Known, seed: string): Parameters {
  const parameters: Parameters = new Map();
  for (const [path, { kind, shape }] of known) {
    const values = new Float32Array(sizeOf(shape));
    const state = seedState(`${seed}/init/${path}`);
    if (path.endsWith(".phases")) {
      const phases = new Float64Array(values.length);
      uniforms(state, 0, phases);
      values.set(phases);
    } else if (kind !== "gain") gaussians(state, 0, values);
    parameters.set(path, values);
  }
  return parameters;
}

/** Scales each filter to unit norm, for the network's convolutions. Gains and constants are copied. `known`: the network's parameters. */
export const unitFilters = (known: Known, parameters: ReadonlyMap<string, Float32Array>): Parameters =>
  scaledFilters(known, parameters, () => 1);

/** Averaged weights as in a model file: filters at unit norm, without parameters that only the training loss needs. */
export function modelOf(card: ModelCard, average: Parameters): ModelContents {
  const known = parametersOf(card.spec);
  const floats = unitFilters(known, average);
  for (const [path, { trainingOnly }] of known) if (trainingOnly) floats.delete(path);
  return { card, weights: { floats, convolutions: new Map() } };
}

/** The inverse, for `--from`: filters of any norm become filters of unit root mean square, sqrt(fanIn) in norm. */
export const storedFilters = (known: Known, parameters: ReadonlyMap<string, Float32Array>): Parameters =>
  scaledFilters(known, parameters, Math.sqrt);

type Known = ReadonlyMap<string, Parameter>;

function scaledFilters(known: Known, parameters: ReadonlyMap<string, Float32Array>, normOf: (fanIn: number) => number): Parameters {
  const scaled: Parameters = new Map();
  for (const [path, info] of known) {
    const values = parameters.get(path)?.slice();
    if (values === undefined) {
      if (info.trainingOnly) continue;
      throw new Error(`Expected a value for the parameter \`${path}\` but received none`);
    }
    if (isFilter(info)) {
      const fanIn = values.length / info.shape[0];
      const wanted = normOf(fanIn);
      for (let start = 0; start < values.length; start += fanIn) {
        const filter = values.subarray(start, start + fanIn);
        let squares = 0;
        for (const w of filter) squares += w * w;
        const norm = Math.sqrt(squares);
        if (norm > 0) for (let i = 0; i < fanIn; i++) filter[i] = (filter[i] * wanted) / norm;
      }
    }
    scaled.set(path, values);
  }
  return scaled;
}

export const isFilter = ({ kind }: Parameter): boolean => kind === "conv" || kind === "linear";
export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/** [O, I, k, k] -> [k, k, I, O] and [O, I] -> [I, O]; vectors and scalars stay. */
export const toTensorLayout = (values: Float32Array, [outputs, inputs, ...kernel]: readonly number[]): Float32Array =>
  inputs === undefined ? values : reverseAxes(values, [outputs, inputs, sizeOf(kernel)]);

/** The shape of `toTensorLayout`'s result. */
export function tensorShape(shape: readonly number[]): number[] {
  const [outputs, inputs, ...kernel] = shape;
  return inputs === undefined ? [...shape] : [...kernel, inputs, outputs];
}

/** The inverse of `toTensorLayout`, in new arrays; the shape is the canonical one. */
export const fromTensorLayout = (values: Float32Array, [outputs, inputs, ...kernel]: readonly number[]): Float32Array =>
  inputs === undefined ? values.slice() : reverseAxes(values, [sizeOf(kernel), inputs, outputs]);

/** Reverses the axes of an array of the given shape. */
function reverseAxes(source: Float32Array, [n0, n1, n2]: [number, number, number]): Float32Array {
  const result = new Float32Array(source.length);
  let at = 0;
  for (let k = 0; k < n2; k++) {
    for (let j = 0; j < n1; j++) {
      for (let i = 0; i < n0; i++) result[at++] = source[(i * n1 + j) * n2 + k];
    }
  }
  return result;
}
