/**
 * The engine: an int8 model, planned and packed into the memory of one WebAssembly instance. An evaluation writes the image and what noise
 * level and class determine, runs the program, and reads the image back; nothing is allocated. Images of a batch run one after the
 * other, so that the bytes of an image never depend on its batch.
 */
import { ModelError } from "../onnx/model-error.ts";
import type { Model } from "../onnx/writer.ts";
import type { QuantizedConv } from "../quantization.ts";
import type { Denoiser } from "../runtime/denoiser.ts";
import { borderedBytes, bordered, inner, type MapSize, padded, pixelOffsets } from "./geometry.ts";
import { recordNetwork } from "./graph.ts";
import { instantiate, type Kernels, reserve } from "./kernels.ts";
import * as layout from "./layout.ts";
import { allocate, type CodeMap, codeFactor, type FloatMap, type Plan, planOf, type Step } from "./plan.ts";
import { Vectors } from "./vectors.ts";

/** Sums of more inputs than this might leave 32 bits in the plain build (winograd.ts): 4 * 9 * 127 * 128 * inputs < 2^31. */
const MAX_CHANNELS = 3600;

/** An engine of `module` (either build) for an int8 model. Throws ModelError for an fp32 model. */
export async function createEngine(module: WebAssembly.Module, model: Model): Promise<Engine> {
  const { spec } = model.card;
  if (model.weights.convolutions.size === 0) throw new ModelError("Expected an int8 model for the SIMD engine but received an fp32 one");
  if (Math.max(...spec.widths) > MAX_CHANNELS) {
    throw new ModelError(`Expected at most ${MAX_CHANNELS} for \`spec.widths\` but received [${spec.widths}]`);
  }
  return new Engine(await instantiate(module), model);
}

/** Hands out addresses from 16 on (0 means absent), each at the start of a cache line. */
class Addresses {
  end = 64;

  take(bytes: number): number {
    const address = this.end;
    this.end = Math.ceil((address + bytes) / 64) * 64;
    return address;
  }
}

export class Engine implements Denoiser {
  readonly spec;
  readonly kernels: Kernels;
  readonly plan: Plan;
  /** Address of the first step, and the number of steps with those of the image. */
  readonly program: number;
  readonly steps: number;

  readonly #imageIn: Float32Array;
  readonly #imageOut: Float32Array;
  readonly #vectors: Vectors;
  readonly #view: DataView;
  readonly #modulations: readonly Modulation[];
  #result = new Float32Array(0);

  constructor(kernels: Kernels, model: Model) {
    this.spec = model.card.spec;
    this.kernels = kernels;
    this.plan = planOf(recordNetwork(this.spec));
    const builder = new Builder(kernels, model, this.plan);
    this.program = builder.program;
    this.steps = this.plan.steps.length + 2;
    this.#imageIn = builder.imageIn;
    this.#imageOut = builder.imageOut;
    this.#vectors = builder.vectors;
    this.#view = builder.view;
    this.#modulations = builder.modulations;
  }

  denoise(x: Float32Array, sigma: number, labels: Float32Array): Float32Array {
    const size = this.#imageIn.length;
    const batch = x.length / size;
    if (!Number.isInteger(batch)) throw new RangeError(`Expected a multiple of ${size} values for \`x\` but received ${x.length}`);
    if (labels.length !== batch * this.spec.classes) {
      throw new RangeError(`Expected ${batch * this.spec.classes} values for \`labels\` but received ${labels.length}`);
    }
    if (this.#result.length !== x.length) this.#result = new Float32Array(x.length);
    for (let image = 0; image < batch; image++) {
      if (this.#vectors.update(sigma, labels, image)) this.#applyVectors();
      const start = image * size;
      for (let i = 0; i < size; i++) this.#imageIn[i] = x[start + i];
      this.kernels.run(this.program, this.steps);
      this.#result.set(this.#imageOut, start);
    }
    return this.#result;
  }

  dispose(): void {}

  /** Writes what the vectors determine into the program: cIn, cSkip and the modulated multipliers. */
  #applyVectors(): void {
    const { cIn, cSkip, steps } = this.plan;
    const [first] = this.#vectors.valueOf(cIn);
    const [last] = this.#vectors.valueOf(cSkip);
    this.#view.setFloat32(this.program + layout.IMAGE_FACTOR, first, true);
    this.#view.setFloat32(this.program + (steps.length + 1) * layout.STEP_BYTES + layout.IMAGE_FACTOR, last, true);
    for (const { multipliers, base, vectors } of this.#modulations) {
      for (let o = 0; o < base.length; o++) {
        let product = base[o];
        for (const vector of vectors) product *= vector[vector.length === 1 ? 0 : o];
        multipliers[o] = product;
      }
    }
  }
}

/** multipliers[o] = base[o] times vectors[...][o] (or [0]). */
interface Modulation {
  readonly multipliers: Float32Array;
  readonly base: Float64Array;
  readonly vectors: readonly Float64Array[];
}

/** Lays the plan out in memory and writes all that stays the same: program, weights, tables, borders. */
class Builder {
  readonly program: number;
  readonly imageIn: Float32Array;
  readonly imageOut: Float32Array;
  readonly vectors: Vectors;
  readonly view: DataView;
  readonly modulations: Modulation[] = [];

  readonly #kernels: Kernels;
  readonly #model: Model;
  readonly #addresses = new Addresses();
  readonly #tables = new Map<string, { address: number; offsets: Uint32Array }>();
  readonly #codeMaps = new Map<CodeMap, number>();
  readonly #floatMaps: Map<FloatMap, number>;
  readonly #weights = new Map<string, number>();

  constructor(kernels: Kernels, model: Model, plan: Plan) {
    this.#kernels = kernels;
    this.#model = model;
    const { channels, height, width } = model.card.spec;
    const { steps } = plan;
    const take = (bytes: number): number => this.#addresses.take(bytes);

    // Addresses first, then one growth of the memory, then contents: views of the memory stay valid.
    this.program = take((steps.length + 2) * layout.STEP_BYTES);
    const image = channels * height * width;
    const imageIn = take(image * 4);
    const imageOut = take(image * 4);
    const imageMap = take(borderedBytes(steps[0].size, imagePixelBytes(channels)));
    const vectorIn = take(4 * longestVector(plan));
    const vectorOut = take(4 * longestVector(plan));
    for (const { codes } of steps) if (codes) this.#codeMaps.set(codes, take(borderedBytes(codes.size, padded(codes.size.channels))));
    const floats = allocate(steps.flatMap(({ values }) => values ?? []), ({ size }) => pixelsOf(size) * padded(size.channels) * 4);
    const floatBase = take(floats.bytes);
    this.#floatMaps = new Map([...floats.offsets].map(([map, offset]) => [map, floatBase + offset]));
    const strip = take(Math.max(...steps.map(({ size }) => stripBytes(size))));
    const scratch = take(Math.max(...steps.map((step) => this.#scratchBytes(step))));
    const channelTables = steps.map(({ size }) => ({ multipliers: take(4 * padded(size.channels)), corrections: take(4 * padded(size.channels)) }));
    for (const step of steps) this.#takeTables(step);
    for (const step of steps) this.#takeConvWeights(step);
    for (const node of plan.vectors) if (node.op === "linear") this.#weights.set(node.path, take(4 * padded(node.shape[0]) * node.inputs[0].shape[0]));
    const staging = take(Math.max(...[...model.weights.convolutions.values()].map(({ weights }) => weights.length)));
    reserve(kernels, this.#addresses.end);

    const { buffer } = kernels.memory;
    this.view = new DataView(buffer);
    this.imageIn = new Float32Array(buffer, imageIn, image);
    this.imageOut = new Float32Array(buffer, imageOut, image);
  }
}
