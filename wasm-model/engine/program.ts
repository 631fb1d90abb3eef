/** Writes a model into linear memory: the program and all that it refers to. */
import type { Model } from "../onnx/writer.ts";
import { MAX_CODE, type QuantizedConv, type Quantizer, type Weights } from "../quantization.ts";
import { borderedBytes, bordered, inner, type MapSize, padded, pixelOffsets } from "./geometry.ts";
import { recordNetwork } from "./graph.ts";
import type { Kernels } from "./kernels.ts";
import * as layout from "./layout.ts";
import { floatBits, Memory } from "./memory.ts";
import { allocate, type CodeMap, type FloatMap, planOf, type Step } from "./plan.ts";
import { Vectors } from "./vectors.ts";

/** A model in linear memory, and the views through which an evaluation passes its numbers. */
export interface Program {
  /** Address of the first of `steps` steps. */
  readonly address: number;
  readonly steps: number;
  readonly imageIn: Float32Array;
  readonly imageOut: Float32Array;
  readonly vectors: Vectors;
  /** What follows from the vectors: has to be written again whenever they change. */
  readonly modulations: readonly Modulation[];
}

/** target[i] = base[i] times vectors[...][i], or [0] of a vector [1]. */
export interface Modulation {
  readonly target: Float32Array;
  readonly base: Float64Array;
  readonly vectors: readonly Float64Array[];
}

export function writeProgram(kernels: Kernels, { card: { spec }, weights }: Model): Program {
  const { nodes, output } = recordNetwork(spec);
  const { steps, vectors: vectorNodes, cIn, cSkip } = planOf({ nodes, output });
  const memory = new Memory(kernels);
  const writer = new StepWriter(kernels, memory, weights, steps);

  const image = { height: spec.height, width: spec.width, channels: spec.channels };
  const imageLength = spec.channels * spec.height * spec.width;
  const imageIn = memory.take(4 * imageLength);
  const imageOut = memory.take(4 * imageLength);
  const linear = linearLayer(kernels, memory, weights, vectorNodes);
  const vectors = new Vectors(vectorNodes, weights.floats, linear);

  const program = memory.take((steps.length + 2) * layout.STEP_BYTES);
  const last = program + (steps.length + 1) * layout.STEP_BYTES;
  writer.writeImageIn(program, image, imageIn);
  const multipliers = steps.map((step, i) => writer.write(program + (i + 1) * layout.STEP_BYTES, step));
  writer.writeImageOut(last, image, imageIn, imageOut);

  // All memory has been taken: from here on views stay valid.
  const modulation = (address: number, base: Float64Array, nodes: readonly (typeof cIn)[]): Modulation => ({
    target: memory.floats(address, base.length),
    base,
    vectors: nodes.map((node) => vectors.valueOf(node)),
  });
  const one = Float64Array.of(1);
  return {
    address: program,
    steps: steps.length + 2,
    imageIn: memory.floats(imageIn, imageLength),
    imageOut: memory.floats(imageOut, imageLength),
    vectors,
    modulations: [
      modulation(program + layout.IMAGE_FACTOR, one, [cIn]),
      modulation(last + layout.IMAGE_FACTOR, one, [cSkip]),
      ...multipliers.map(({ address, base }, i) => modulation(address, base, steps[i].factors.vectors)),
    ],
  };
}
