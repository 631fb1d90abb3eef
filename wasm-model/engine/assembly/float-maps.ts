/** What reads float32 maps, converts images to them and back, and the product of a matrix with a vector. */
import { HEIGHT, IMAGE_FACTOR, IMAGE_MAP, IMAGE_MAP_PIXEL, IMAGE_MAP_ROW, IMAGE_RESULT, INPUTS, OUTPUTS, SOURCE, STRIP, WIDTH } from "../layout";
import { convolveWindows, FLOAT } from "./kernel";

/** 3x3 convolution; weights [outputs/8][9][inputs][8]. It fills the strip for outputs `block` .. `block` + 7, as `pool` and `upsample` do. */
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

/**
 * map = factor x, for an image x [C, H, W] and a padded map of half its size, whose inner pixels hold 2x2 image pixels: channel
 * (2 dy + dx) C + c.
 */
export function imageIn(step: usize): void {
  const factor = load<f32>(step + IMAGE_FACTOR);
  const channels = load<i32>(step + OUTPUTS);
  let x = load<usize>(step + SOURCE);
  for (let c = 0; c < channels; c++) {
    for (let h = 0; h < load<i32>(step + HEIGHT); h++) {
      for (let w = 0; w < load<i32>(step + WIDTH); w++, x += 4) store<f32>(mapAddress(step, c, h, w, channels), factor * load<f32>(x));
    }
  }
}

/** result = factor x + map, the other way round. */
export function imageOut(step: usize): void {
  const factor = load<f32>(step + IMAGE_FACTOR);
  const channels = load<i32>(step + OUTPUTS);
  const toResult = load<usize>(step + IMAGE_RESULT) - load<usize>(step + SOURCE);
  let x = load<usize>(step + SOURCE);
  for (let c = 0; c < channels; c++) {
    for (let h = 0; h < load<i32>(step + HEIGHT); h++) {
      for (let w = 0; w < load<i32>(step + WIDTH); w++, x += 4) {
        store<f32>(x + toResult, factor * load<f32>(x) + load<f32>(mapAddress(step, c, h, w, channels)));
      }
    }
  }
}

@inline
function mapAddress(step: usize, c: i32, h: i32, w: i32, channels: i32): usize {
  const pixel = (h >> 1) * load<i32>(step + IMAGE_MAP_ROW) + (w >> 1) * load<i32>(step + IMAGE_MAP_PIXEL);
  return load<usize>(step + IMAGE_MAP) + pixel + (((((h & 1) << 1) + (w & 1)) * channels + c) << 2);
}

/**
 * y = W v for one vector, weights [outputs][inputs], in float32: y[o] = ((s0 + s1) + (s2 + s3)) + rest, where s_k sums
 * the products of inputs k, k + 4, k + 8, ..., and rest those of the last inputs % 4.
 */
export function linear(v: usize, weights: usize, y: usize, inputs: i32, outputs: i32): void {
  const whole = <usize>(inputs & ~3) << 2, all = <usize>inputs << 2;
  for (const end = y + (outputs << 2); y < end; y += 4, weights += all) {
    let sums = f32x4.splat(0);
    let i: usize = 0;
    for (; i < whole; i += 16) sums = f32x4.add(sums, f32x4.mul(v128.load(weights + i), v128.load(v + i)));
    let rest: f32 = 0;
    for (; i < all; i += 4) rest += load<f32>(weights + i) * load<f32>(v + i);
    const left = f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1);
    const right = f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3);
    store<f32>(y, left + right + rest);
  }
}
