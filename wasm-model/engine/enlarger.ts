/**
 * Runs the enlarger for images of one size in a WebAssembly instance of its own. Convolutions are computed by the
 * kernels; this file brings pixels in and out of their maps.
 */
import { ENLARGED, ENLARGER_CHANNELS } from "../network/enlarger.ts";
import type { Weights } from "../network/quantization.ts";
import { type Convolution, KINDS } from "./engine.ts";
import { instantiate, type Kernels } from "./kernels.ts";
import { type EnlargerProgram, writeEnlargerProgram } from "./program.ts";

/** Creates an enlarger on `module` (either build), by default with the faster convolution on this machine. */
export async function createEnlarger(
  module: WebAssembly.Module,
  weights: Weights,
  { height, width }: { readonly height: number; readonly width: number },
  wanted?: Convolution,
): Promise<EnlargerEngine> {
  const kernels = await instantiate(module);
  const kind = wanted === undefined ? kernels.fastestConvolution() : KINDS[wanted];
  return new EnlargerEngine(kernels, writeEnlargerProgram(kernels, kind, weights, height, width), height, width);
}

export class EnlargerEngine {
  readonly #kernels: Kernels;
  readonly #program: EnlargerProgram;
  readonly #height: number;
  readonly #width: number;

  constructor(kernels: Kernels, program: EnlargerProgram, height: number, width: number) {
    this.#kernels = kernels;
    this.#program = program;
    this.#height = height;
    this.#width = width;
  }

  /** What is added to the smooth enlargement of an image [3, H, W] in [-1, 1]: [3, 4H, 4W]. */
  enlarge(image: Float32Array): Float32Array {
    const { address, steps, imageIn, rowLength } = this.#program;
    for (let i = 0, c = 0; c < ENLARGER_CHANNELS; c++) {
      for (let y = 0; y < this.#height; y++) {
        for (let x = 0; x < this.#width; x++, i++) imageIn[y * rowLength + x * (ENLARGER_CHANNELS + 1) + c] = image[i];
      }
    }
    this.#kernels.run(address, steps);
    return this.#unfolded();
  }

  /** [H, W, 48] -> [3, 4H, 4W]: two times depthToSpace (network/ops.ts). */
  #unfolded(): Float32Array {
    const { result } = this.#program;
    const [height, width] = [this.#height, this.#width];
    const row = ENLARGED * width;
    const places = placesOf(row, ENLARGED * height * row);
    const out = new Float32Array(places.length * height * width);
    for (let at = 0, y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const corner = ENLARGED * (y * row + x);
        for (let i = 0; i < places.length; i++, at++) out[corner + places[i]] = result[at];
      }
    }
    return out;
  }
}

/** Where the 48 outputs of a pixel go, seen from its corner, in an image with rows and planes of these lengths. */
function placesOf(row: number, plane: number): Int32Array {
  const places = new Int32Array(ENLARGED * ENLARGED * ENLARGER_CHANNELS);
  for (let at = 0, outer = 0; outer < 4; outer++) {
    for (let inner = 0; inner < 4; inner++) {
      const down = (outer & 2) + (inner >> 1);
      const across = 2 * (outer & 1) + (inner & 1);
      for (let c = 0; c < ENLARGER_CHANNELS; c++, at++) places[at] = c * plane + down * row + across;
    }
  }
  return places;
}
