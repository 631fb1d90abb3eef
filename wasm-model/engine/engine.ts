/**
 * Runs an int8 model in one WebAssembly instance. An evaluation writes the image and the modulations (the values that
 * depend on noise level and class), runs the program and copies the image out. The images
 * of a batch run one after the other, so the bytes of an image never depend on its batch.
 */

import { ModelError } from "../model/card.ts";
import type { ModelContents } from "../model/onnx/writer.ts";
import type { NetworkSpec } from "../network/spec.ts";
import { DIRECT, WINOGRAD } from "./layout.ts";
import { type EngineKernels, instantiate } from "./memory.ts";
import { applyModulation, type Program, writeProgram } from "./program.ts";

/** The most cached modulations, some 2 KB each. A server keeps drawing with the same few. */
const CACHE_SIZE = 256;

/** The kinds of steps by these algorithms (layout.ts). */
export const KINDS = { direct: DIRECT, winograd: WINOGRAD };

/** The algorithm of integer convolutions: relaxed dot products (relaxed build only) or Winograd's two. All give the same sums. */
export type Convolution = "direct" | "winograd";

/**
 * Creates an engine on `module` (either build), by default with the faster convolution on this machine. Throws ModelError
 * for models that it cannot run: fp32, or too large for the memory. Throws RangeError if the build lacks the `wanted` convolution.
 */
export async function createEngine(module: WebAssembly.Module, model: ModelContents, wanted?: Convolution): Promise<Engine> {
  const { spec } = model.card;
  if (model.weights.convolutions.size === 0)
    throw new ModelError(
      "Expected an int8 model for the SIMD engine but received an fp32 one: take the model.onnx beside it, or make one by `npx anneal export`",
    );
  const kernels = await instantiate(module);
  if (wanted === "direct" && !kernels.hasDirect.value) {
    throw new RangeError('Expected "winograd" for `wanted` on the plain build but received "direct"');
  }
  const convolution = wanted === undefined ? kernels.fastestConvolution() : KINDS[wanted];
  return new Engine(spec, kernels, writeProgram(kernels, convolution, model));
}

class Engine {
  readonly spec: NetworkSpec;
  readonly kernels: EngineKernels;
  readonly program: Program;
  /** The values of each modulation's target, by noise level and class. */
  readonly #cache = new Map<string, Float32Array[]>();
  /** Of those that are in memory now. */
  #inPlace: string | undefined;

  constructor(spec: NetworkSpec, kernels: EngineKernels, program: Program) {
    this.spec = spec;
    this.kernels = kernels;
    this.program = program;
  }

  /** The linear memory and a full cache of modulations. */
  get bytes(): number {
    const modulations = this.program.modulations.reduce((sum, { target }) => sum + target.byteLength, 0);
    return this.kernels.memory.buffer.byteLength + CACHE_SIZE * modulations;
  }

  /**
   * Non-finite inputs are quantized to the lowest or highest code, so they make only their own output pixels non-finite. Throws
   * RangeError for arrays of the wrong length and for a sigma that is not a finite number above 0.
   */
  denoise(x: Float32Array, sigma: number, labels: Float32Array): Float32Array {
    const { address, steps, imageIn, imageOut } = this.program;
    const { length } = imageIn;
    const batch = x.length / length;
    if (!Number.isInteger(batch)) throw new RangeError(`Expected a multiple of ${length} values for \`x\` but received ${x.length}`);
    if (labels.length !== batch * this.spec.classes) {
      throw new RangeError(`Expected ${batch * this.spec.classes} values for \`labels\` but received ${labels.length}`);
    }
    if (!(sigma > 0 && sigma < Infinity)) throw new RangeError(`Expected a finite number above 0 for \`sigma\` but received ${sigma}`);
    const denoised = new Float32Array(x.length);
    for (let image = 0; image < batch; image++) {
      this.#modulate(sigma, labels, image);
      for (let i = 0; i < length; i++) imageIn[i] = x[image * length + i];
      this.kernels.run(address, steps);
      denoised.set(imageOut, image * length);
    }
    return denoised;
  }

  /** Loads the modulations of this noise level and of row `image` of `labels`, from the cache if possible. */
  #modulate(sigma: number, labels: Float32Array, image: number): void {
    const { conditioning, modulations } = this.program;
    const { classes } = this.spec;
    const label = labels.subarray(image * classes, (image + 1) * classes);
    const key = `${sigma} ${label}`;
    if (key === this.#inPlace) return;
    const cached = this.#cache.get(key);
    if (cached) for (const [i, { target }] of modulations.entries()) target.set(cached[i]);
    else {
      conditioning.update(sigma, label);
      for (const modulation of modulations) applyModulation(modulation);
      if (this.#cache.size === CACHE_SIZE) this.#cache.clear();
      this.#cache.set(
        key,
        modulations.map(({ target }) => target.slice()),
      );
    }
    this.#inPlace = key;
  }
}
