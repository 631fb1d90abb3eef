/** Writes a model into linear memory: the program and everything that it refers to. */

import type { ModelContents } from "../model/onnx/writer.ts";
import type { Weights } from "../network/quantization.ts";
import { type Node, recordNetwork } from "../network/recorder.ts";
import { type Conditioning, conditioningOf, type Linear } from "./conditioning.ts";
import { IMAGE_FACTOR, STEP_BYTES } from "./layout.ts";
import { type EngineKernels, Memory } from "./memory.ts";
import { imageFactors, planOf } from "./plan.ts";
import { type Multipliers, stepWriter } from "./step-writer.ts";

/** A model in linear memory, with views of an evaluation's inputs and results. */
export interface Program {
  /** Address of the first of `steps` steps. */
  readonly address: number;
  readonly steps: number;
  readonly imageIn: Float32Array;
  readonly imageOut: Float32Array;
  readonly conditioning: Conditioning;
  /** Apply it whenever the vectors change. */
  readonly modulations: readonly Modulation[];
}

/** target[i] = base[i] times each vectors[...][i]; a vector [1] multiplies all alike. */
export interface Modulation {
  readonly target: Float32Array;
  readonly base: Float64Array;
  readonly vectors: readonly Float64Array[];
}

export function applyModulation({ target, base, vectors }: Modulation): void {
  for (let i = 0; i < base.length; i++) {
    let product = base[i];
    for (const vector of vectors) product *= vector[vector.length === 1 ? 0 : i];
    target[i] = product;
  }
}

/** convolution: DIRECT or WINOGRAD (layout.ts). */
export function writeProgram(kernels: EngineKernels, convolution: number, { card: { spec }, weights }: ModelContents): Program {
  const graph = recordNetwork(spec);
  const plan = planOf(graph);
  const { cIn, cSkip } = imageFactors(graph);
  const memory = new Memory(kernels);
  const imageLength = spec.channels * spec.height * spec.width;
  const imageIn = memory.take(4 * imageLength);
  const imageOut = memory.take(4 * imageLength);
  const conditioning = conditioningOf(plan.vectors, spec.classes, weights.floats, linearOf(kernels, memory, weights, plan.vectors));

  const steps = plan.steps.length + 2;
  const address = memory.take(steps * STEP_BYTES);
  const last = address + (steps - 1) * STEP_BYTES;
  const writer = stepWriter(kernels, convolution, memory, weights, plan);
  writer.writeImageIn(address, spec, imageIn);
  const multipliers = plan.steps.map((step, i) => writer.write(address + (i + 1) * STEP_BYTES, step));
  writer.writeImageOut(last, spec, imageIn, imageOut);

  // Nothing is allocated from here on, so views stay valid.
  const modulationOf = ({ address, base, vectors: nodes }: Multipliers): Modulation => ({
    target: memory.floats(address, base.length),
    base,
    vectors: nodes.map(conditioning.vectorOf),
  });
  const one = Float64Array.of(1);
  const modulations = [
    { address: address + IMAGE_FACTOR, base: one, vectors: [cIn] },
    { address: last + IMAGE_FACTOR, base: one, vectors: [cSkip] },
    ...multipliers,
  ].map(modulationOf);
  for (const modulation of modulations) applyModulation(modulation);
  return {
    address,
    steps,
    imageIn: memory.floats(imageIn, imageLength),
    imageOut: memory.floats(imageOut, imageLength),
    conditioning,
    modulations: modulations.filter((modulation) => modulation.vectors.length > 0),
  };
}

/** The linear layers, computed by the kernels. */
function linearOf(kernels: EngineKernels, memory: Memory, weights: Weights, nodes: readonly Node[]): Linear {
  const layers = new Map<string, number>();
  let longest = 0;
  for (const node of nodes) {
    if (node.op !== "linear") continue;
    layers.set(node.path, memory.store(weights.floats.get(node.path) as Float32Array));
    longest = Math.max(longest, node.inputs[0].shape[0], node.shape[0]);
  }
  const v = memory.take(4 * longest);
  const y = memory.take(4 * longest);
  // The views are made once, at first use, when everything has been allocated.
  let inputs: Float32Array | undefined;
  let outputs: Float32Array | undefined;
  return (path, input, output) => {
    inputs ??= memory.floats(v, longest);
    outputs ??= memory.floats(y, longest);
    for (let i = 0; i < input.length; i++) inputs[i] = input[i];
    kernels.linear(v, layers.get(path) as number, y, input.length, output.length);
    for (let o = 0; o < output.length; o++) output[o] = outputs[o];
  };
}
