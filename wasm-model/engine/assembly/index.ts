/** The engine's WebAssembly module: runs a program, a list of steps (layout.ts), on its own memory. No step allocates. */
import { CONVOLUTION_F32, DIRECT, IMAGE_IN, IMAGE_OUT, KIND, OUTPUTS, POOL, STEP_BYTES, UPSAMPLE, WINOGRAD, WINOGRAD_4 } from "../layout";
import { convolve, prepare } from "./convolution";
import { emit } from "./epilogue";
import { convolveF32, imageIn, imageOut, pool, upsample } from "./float-maps";

export { fastestConvolution, hasDirect, pack, scratchBytes, weightBytes } from "./convolution";
export { linear } from "./float-maps";
export { siluOf } from "./silu";

/** The first address that the module does not use itself. */
export const heapBase: usize = __heap_base;

export function run(program: usize, count: i32): void {
  for (const end = program + count * STEP_BYTES; program < end; program += STEP_BYTES) runStep(program);
}

function runStep(step: usize): void {
  const kind = load<i32>(step + KIND);
  if (kind == IMAGE_IN) return imageIn(step);
  if (kind == IMAGE_OUT) return imageOut(step);
  const isInteger = kind == DIRECT || kind == WINOGRAD || kind == WINOGRAD_4;
  if (isInteger) prepare(step);
  const outputs = load<i32>(step + OUTPUTS);
  for (let block = 0; block < outputs; block += 8) {
    if (isInteger) convolve(step, block);
    else if (kind == CONVOLUTION_F32) convolveF32(step, block);
    else if (kind == POOL) pool(step, block);
    else if (kind == UPSAMPLE) upsample(step, block);
    emit(step, block, isInteger);
  }
}
