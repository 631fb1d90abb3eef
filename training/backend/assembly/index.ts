/**
 * Convolutions of float32 maps [images, height, width, channels] with filters [kernel, kernel, inputs, outputs], stride 1, zeros
 * around the maps, kernel 1 or 3. Each reads up to 28 bytes behind its inputs, where memory from malloc can be read, and ignores
 * what is there.
 */
export { clipGradient, modulate, modulateGradient, pool, repeat, silu, siluGradient, throughCodes, weightedSum } from "./maps";
import * as pointwise from "./pointwise";
import * as winograd from "./winograd";

/** Bytes of `scratch` that convolve needs. */
export function convolutionScratch(kernel: i32, images: i32, height: i32, width: i32, inputs: i32, outputs: i32): usize {
  if (kernel == 1) return pointwise.convolutionScratch(inputs);
  return winograd.convolutionScratch(images, height, width, inputs, outputs);
}

/** Bytes of `scratch` that filterGradient needs. */
export function gradientScratch(kernel: i32, images: i32, height: i32, width: i32, inputs: i32, outputs: i32): usize {
  if (kernel == 1) return pointwise.gradientScratch(inputs, outputs);
  return winograd.gradientScratch(images, height, width, inputs, outputs);
}

/** y = x * w. If `isTurned`, the gradient by the input of the convolution with w [kernel, kernel, outputs, inputs], where x is that by its output. */
export function convolve(
  x: usize, w: usize, y: usize, kernel: i32, images: i32, height: i32, width: i32, inputs: i32, outputs: i32, isTurned: bool, scratch: usize,
): void {
  if (kernel == 1) pointwise.convolve(x, w, y, images * height * width, inputs, outputs, isTurned, scratch);
  else winograd.convolve(x, w, y, images, height, width, inputs, outputs, isTurned, scratch);
}

/** dw, the gradient by w of y = x * w. */
export function filterGradient(
  x: usize, dy: usize, dw: usize, kernel: i32, images: i32, height: i32, width: i32, inputs: i32, outputs: i32, scratch: usize,
): void {
  if (kernel == 1) pointwise.filterGradient(x, dy, dw, images * height * width, inputs, outputs, scratch);
  else winograd.filterGradient(x, dy, dw, images, height, width, inputs, outputs, scratch);
}
