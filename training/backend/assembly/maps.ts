/**
 * Operations on maps [images, height, width, channels] and their gradients, each in one pass over memory. k is SILU_GAIN of
 * network/maps.ts, s = 1 / (1 + e^-x), y = k x s. `count` is the number of values.
 */
import { storeLanes } from "./product";

/** 1.5 * 2^23: adding it rounds to an integer, ties to even, and leaves the integer in the low bits. */
const ROUNDER: f32 = 12582912;

/** The constant in each lane, through the four bytes at `at`: a literal V8 would make anew for each vector. */
@inline
function constant(at: usize, value: f32): v128 {
  store<f32>(at, value);
  return v128.load32_splat(at);
}

/**
 * y, or the gradient dx = dy (s (k - y) + y), and 0 where |y| is above the bound. s to 4e-7, as the engine computes it
 * (wasm-model/engine/assembly/silu.ts).
 */
@inline
function overSilu(isGradient: bool, x: usize, dy: usize, out: usize, count: i32, k: f32, bound: f32): void {
  const log2 = constant(out, -1.4426950408889634), least = constant(out, -126), most = constant(out, 126);
  const rounder = constant(out, ROUNDER), one = constant(out, 1), gain = constant(out, k), largest = constant(out, bound);
  // the polynomial of 2^(f/2), highest power first
  const c4 = constant(out, 0.0006003813693873567), c3 = constant(out, 0.006951011764448979), c2 = constant(out, 0.06005695533212152);
  const c1 = constant(out, 0.34657278176703693), c0 = constant(out, 0.9999999883013335);
  for (; count > 0; count -= 4, x += 16, dy += 16, out += 16) {
    const value = v128.load(x);
    const t = f32x4.pmin(most, f32x4.pmax(least, f32x4.mul(value, log2)));
    const rounded = f32x4.add(t, rounder);
    const f = f32x4.sub(t, f32x4.sub(rounded, rounder));
    let root = f32x4.add(f32x4.mul(f, c4), c3);
    root = f32x4.add(f32x4.mul(root, f), c2);
    root = f32x4.add(f32x4.mul(root, f), c1);
    root = f32x4.add(f32x4.mul(root, f), c0);
    const power = i32x4.add(f32x4.mul(root, root), i32x4.shl(rounded, 23)); // adds the integer to the exponent
    const s = f32x4.div(one, f32x4.add(power, one));
    const y = f32x4.mul(f32x4.mul(value, s), gain);
    if (isGradient) {
      const slope = f32x4.add(f32x4.mul(s, f32x4.sub(gain, y)), y);
      storeLanes(out, v128.and(f32x4.mul(v128.load(dy), slope), f32x4.le(f32x4.abs(y), largest)), count);
    } else storeLanes(out, y, count);
  }
}

export function silu(x: usize, y: usize, count: i32, k: f32): void {
  overSilu(false, x, 0, y, count, k, 0);
}

export function siluGradient(x: usize, dy: usize, dx: usize, count: i32, k: f32, bound: f32): void {
  overSilu(true, x, dy, dx, count, k, bound);
}

/** dx = dy, and 0 where |x| is above the bound. */
export function clipGradient(x: usize, dy: usize, dx: usize, count: i32, bound: f32): void {
  const most = f32x4.splat(bound);
  for (; count > 0; count -= 4, x += 16, dy += 16, dx += 16)
    storeLanes(dx, v128.and(v128.load(dy), f32x4.le(f32x4.abs(v128.load(x)), most)), count);
}

/** ofA a + ofB b */
export function weightedSum(a: usize, b: usize, out: usize, count: i32, ofA: f32, ofB: f32): void {
  const first = f32x4.splat(ofA), second = f32x4.splat(ofB);
  for (; count > 0; count -= 4, a += 16, b += 16, out += 16)
    storeLanes(out, f32x4.add(f32x4.mul(v128.load(a), first), f32x4.mul(v128.load(b), second)), count);
}

/** x times v [images, channels]. */
export function modulate(x: usize, v: usize, y: usize, images: i32, pixels: i32, channels: i32): void {
  const row = <usize>channels << 2;
  for (; images > 0; images--, v += row)
    for (let p = pixels; p > 0; p--, x += row, y += row)
      for (let c: usize = 0; c < row; c += 16) storeLanes(y + c, f32x4.mul(v128.load(x + c), v128.load(v + c)), <i32>(row - c) >> 2);
}

/** dx = dy v, and dv, which is 0 before, the sum of dy x over an image's pixels. */
export function modulateGradient(x: usize, v: usize, dy: usize, dx: usize, dv: usize, images: i32, pixels: i32, channels: i32): void {
  const row = <usize>channels << 2;
  memory.fill(dv, 0, images * row);
  for (; images > 0; images--, v += row, dv += row)
    for (let p = pixels; p > 0; p--, x += row, dy += row, dx += row)
      for (let c: usize = 0; c < row; c += 16) {
        const d = v128.load(dy + c), lanes = <i32>(row - c) >> 2;
        storeLanes(dx + c, f32x4.mul(d, v128.load(v + c)), lanes);
        storeLanes(dv + c, f32x4.add(v128.load(dv + c), f32x4.mul(d, v128.load(x + c))), lanes);
      }
}

/** Each 2x2 pixels of x summed, times the factor: y [images, height, width, channels]. */
export function pool(x: usize, y: usize, images: i32, height: i32, width: i32, channels: i32, factor: f32): void {
  const pixel = <usize>channels << 2, row = pixel * width * 2, times = f32x4.splat(factor);
  for (let rows = images * height; rows > 0; rows--, x += row)
    for (let p = width; p > 0; p--, x += pixel * 2, y += pixel)
      for (let c: usize = 0; c < pixel; c += 16) {
        const at = x + c, below = at + row;
        const top = f32x4.add(v128.load(at), v128.load(at + pixel)), bottom = f32x4.add(v128.load(below), v128.load(below + pixel));
        storeLanes(y + c, f32x4.mul(f32x4.add(top, bottom), times), <i32>(pixel - c) >> 2);
      }
}

/** Each pixel of x [images, height, width, channels], times the factor, as 2x2 pixels. */
export function repeat(x: usize, y: usize, images: i32, height: i32, width: i32, channels: i32, factor: f32): void {
  const pixel = <usize>channels << 2, row = pixel * width * 2, times = f32x4.splat(factor);
  for (let rows = images * height; rows > 0; rows--, y += row)
    for (let p = width; p > 0; p--, x += pixel, y += pixel * 2)
      for (let c: usize = 0; c < pixel; c += 16) {
        const value = f32x4.mul(v128.load(x + c), times), lanes = <i32>(pixel - c) >> 2, at = y + c, below = at + row;
        storeLanes(at, value, lanes);
        storeLanes(at + pixel, value, lanes);
        storeLanes(below, value, lanes);
        storeLanes(below + pixel, value, lanes);
      }
}

/** x through codes 0..most over its own range, which includes 0: min(round(x / scale), round(low / scale) + most) scale. */
export function throughCodes(x: usize, y: usize, count: i32, most: f32, tiny: f32): void {
  let low: f32 = 0, high: f32 = 0;
  let least = f32x4.splat(0), greatest = f32x4.splat(0);
  let at = x;
  for (let left = count; left > 0; left -= 4, at += 16) {
    if (left >= 4) {
      const value = v128.load(at);
      least = f32x4.min(least, value), greatest = f32x4.max(greatest, value);
    } else for (let i: usize = 0; i < <usize>left << 2; i += 4) low = min(low, load<f32>(at + i)), high = max(high, load<f32>(at + i));
  }
  low = min(min(low, min(f32x4.extract_lane(least, 0), f32x4.extract_lane(least, 1))), min(f32x4.extract_lane(least, 2), f32x4.extract_lane(least, 3)));
  high = max(max(high, max(f32x4.extract_lane(greatest, 0), f32x4.extract_lane(greatest, 1))), max(f32x4.extract_lane(greatest, 2), f32x4.extract_lane(greatest, 3)));
  const scale = max((high - low) / most, tiny);
  const scales = f32x4.splat(scale), largest = f32x4.splat(nearest(low / scale) + most);
  for (; count > 0; count -= 4, x += 16, y += 16)
    storeLanes(y, f32x4.mul(f32x4.min(f32x4.nearest(f32x4.div(v128.load(x), scales)), largest), scales), count);
}
