/** Producers that read float32 maps. Each fills the strip for outputs `block` .. `block` + 7. */
import { HEIGHT, INPUTS, OUTPUTS, SOURCE, STRIP, WIDTH } from "../layout";
import { convolveWindows, FLOAT } from "./kernel";

/** 3x3 convolution; weights [outputs/8][9][inputs][8]. */
export function convolveF32(step: usize, block: i32): void {
  convolveWindows(FLOAT, step, block, 3, load<i32>(step + INPUTS) * 12);
}

/** Sums each 2x2 pixels of a map of twice the size. */
export function pool(step: usize, block: i32): void {
  const height = load<i32>(step + HEIGHT), width = load<i32>(step + WIDTH);
  const pixelBytes = load<i32>(step + OUTPUTS) << 2;
  const rowBytes = (pixelBytes * width) << 1;
  let upper = load<usize>(step + SOURCE) + (block << 2);
  let out = load<usize>(step + STRIP);
  for (let y = 0; y < height; y++, upper += rowBytes) {
    for (let x = 0; x < width; x++, upper += pixelBytes << 1, out += 32) {
      v128.store(out, sumOfFour(upper, pixelBytes, rowBytes));
      v128.store(out, sumOfFour(upper + 16, pixelBytes, rowBytes), 16);
    }
  }
}

@inline
function sumOfFour(at: usize, right: usize, down: usize): v128 {
  const top = f32x4.add(v128.load(at), v128.load(at + right));
  return f32x4.add(top, f32x4.add(v128.load(at + down), v128.load(at + down + right)));
}

/** Repeats each pixel of a map of half the size as 2x2 pixels. */
export function upsample(step: usize, block: i32): void {
  const height = load<i32>(step + HEIGHT), width = load<i32>(step + WIDTH);
  const pixelBytes = load<i32>(step + OUTPUTS) << 2;
  const source = load<usize>(step + SOURCE) + (block << 2);
  let out = load<usize>(step + STRIP);
  for (let y = 0; y < height; y++) {
    const row = source + (y >> 1) * (width >> 1) * pixelBytes;
    for (let x = 0; x < width; x++, out += 32) {
      const at = row + (x >> 1) * pixelBytes;
      v128.store(out, v128.load(at));
      v128.store(out, v128.load(at, 16), 16);
    }
  }
}
