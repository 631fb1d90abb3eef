/** Producers that read float32 maps. Each fills the strip for outputs `block` .. `block` + 7. */
import { HEIGHT, INPUTS, OUTPUTS, SOURCE, SOURCE_OFFSETS, SOURCE_ROW, STRIP, WEIGHTS, WIDTH } from "../layout";

/** 3x3 convolution; windows are three runs of 3 * inputs contiguous values; weights [outputs/8][9][inputs][8]. */
export function convolveF32(step: usize, block: i32): void {
  const pixels = load<i32>(step + HEIGHT) * load<i32>(step + WIDTH);
  const source = load<usize>(step + SOURCE);
  const runBytes = load<i32>(step + INPUTS) * 12;
  const toNextRun = load<i32>(step + SOURCE_ROW) - runBytes;
  const weights = load<usize>(step + WEIGHTS) + block * 3 * runBytes;
  let offsets = load<usize>(step + SOURCE_OFFSETS);
  let out = load<usize>(step + STRIP);
  for (let p = 0; p < pixels; p += 4) {
    let a = source + load<u32>(offsets), b = source + load<u32>(offsets, 4);
    let c = source + load<u32>(offsets, 8), d = source + load<u32>(offsets, 12);
    let a0 = f32x4.splat(0), a1 = f32x4.splat(0), b0 = f32x4.splat(0), b1 = f32x4.splat(0);
    let c0 = f32x4.splat(0), c1 = f32x4.splat(0), d0 = f32x4.splat(0), d1 = f32x4.splat(0);
    let w = weights;
    for (let r = 0; r < 3; r++) {
      for (const end = a + runBytes; a < end; a += 4, b += 4, c += 4, d += 4, w += 32) {
        const w0 = v128.load(w), w1 = v128.load(w, 16);
        let x = v128.load32_splat(a);
        a0 = f32x4.add(a0, f32x4.mul(w0, x));
        a1 = f32x4.add(a1, f32x4.mul(w1, x));
        x = v128.load32_splat(b);
        b0 = f32x4.add(b0, f32x4.mul(w0, x));
        b1 = f32x4.add(b1, f32x4.mul(w1, x));
        x = v128.load32_splat(c);
        c0 = f32x4.add(c0, f32x4.mul(w0, x));
        c1 = f32x4.add(c1, f32x4.mul(w1, x));
        x = v128.load32_splat(d);
        d0 = f32x4.add(d0, f32x4.mul(w0, x));
        d1 = f32x4.add(d1, f32x4.mul(w1, x));
      }
      a += toNextRun, b += toNextRun, c += toNextRun, d += toNextRun;
    }
    v128.store(out, a0), v128.store(out, a1, 16), v128.store(out, b0, 32), v128.store(out, b1, 48);
    v128.store(out, c0, 64), v128.store(out, c1, 80), v128.store(out, d0, 96), v128.store(out, d1, 112);
    out += 128, offsets += 16;
  }
}

/** The sum of each 2x2 pixels of a map of twice the size. */
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

/** Each pixel of a map of half the size, four times. */
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
