/** Runs a finisher for images of one size in a WebAssembly instance of its own: brings pixels into its maps and out. */
import { ENLARGED, type FinisherName } from "../network/finishers.ts";
import type { Weights } from "../network/quantization.ts";
import { recordFinisher } from "../network/recorder.ts";
import { RGB, type Size } from "../network/spec.ts";
import { type Convolution, KINDS } from "./engine.ts";
import { borderedSize, paddedChannels } from "./geometry.ts";
import { STEP_BYTES } from "./layout.ts";
import { instantiate, Memory } from "./memory.ts";
import { planOf } from "./plan.ts";
import { applyModulation } from "./program.ts";
import { stepWriter } from "./step-writer.ts";

/** Creates a finisher on `module` (either build), by default with the faster convolution on this machine. */
export async function createFinisher(
  name: FinisherName,
  module: WebAssembly.Module,
  weights: Weights,
  { height, width }: Size,
  wanted?: Convolution,
) {
  const kernels = await instantiate(module);
  const convolution = wanted === undefined ? kernels.fastestConvolution() : KINDS[wanted];
  const plan = planOf(recordFinisher(name, height, width));
  const steps = plan.steps.length;
  const memory = new Memory(kernels);
  const program = memory.take(steps * STEP_BYTES);
  const writer = stepWriter(kernels, convolution, memory, weights, plan);
  const channels = RGB + 1; // and a 1
  const input = writer.takeImageMap({ height, width, channels });
  const multipliers = plan.steps.map((step, i) => writer.write(program + i * STEP_BYTES, step));
  for (const { address, base } of multipliers) applyModulation({ target: memory.floats(address, base.length), base, vectors: [] });
  const rowLength = borderedSize(width) * channels;
  const imageIn = memory.floats(input, height * rowLength); // from the first inner pixel on
  const outputs = paddedChannels(plan.steps[steps - 1].size.channels);
  const result = memory.floats(writer.result, height * width * outputs); // [H, W, outputs]
  return {
    /** The linear memory. */
    bytes: kernels.memory.buffer.byteLength,
    /** An image [3, H, W] in [-1, 1] -> of the enlarger [3, 4H, 4W], of the matte [H, W]. */
    finish(image: Float32Array): Float32Array {
      for (let i = 0, c = 0; c < RGB; c++) {
        for (let y = 0; y < height; y++) {
          for (let x = 0; x < width; x++, i++) imageIn[y * rowLength + x * channels + c] = image[i];
        }
      }
      kernels.run(program, steps);
      if (name === "enlarger") return unfoldMaps(result, height, width);
      return Float32Array.from({ length: height * width }, (_, i) => result[i * outputs]); // the first output of each pixel
    },
  };
}

/** [H, W, 48] -> [3, 4H, 4W]: two times depthToSpace (network/ops.ts). */
function unfoldMaps(result: Float32Array, height: number, width: number): Float32Array {
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

/** Where the 48 outputs of a pixel go, seen from its corner, in an image with rows and planes of these lengths. */
function placesOf(row: number, plane: number): Int32Array {
  const places = new Int32Array(ENLARGED * ENLARGED * RGB);
  for (let at = 0, outer = 0; outer < 4; outer++) {
    for (let inner = 0; inner < 4; inner++) {
      const down = (outer & 2) + (inner >> 1);
      const across = 2 * (outer & 1) + (inner & 1);
      for (let c = 0; c < RGB; c++, at++) places[at] = c * plane + down * row + across;
    }
  }
  return places;
}
