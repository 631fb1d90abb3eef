/** Turns a strip of raw values into what the next steps read. The equations are in layout.ts. */
import * as layout from "../layout";
import { ROUNDER, silu } from "./silu";

/** Writes outputs `block` .. `block` + 7 of all pixels. `integers`: the strip holds i32, otherwise f32. */
export function emit(step: usize, block: i32, integers: bool): void {
  const pixels = load<u32>(step + layout.HEIGHT) * load<u32>(step + layout.WIDTH);
  const offset = <usize>block << 2;
  const pixelBytes = load<u32>(step + layout.OUTPUTS) << 2;
  const multipliers = load<usize>(step + layout.MULTIPLIERS) + offset;
  const m0 = v128.load(multipliers), m1 = v128.load(multipliers, 16);
  let correction0 = i32x4.splat(0), correction1 = i32x4.splat(0);
  if (integers) {
    const corrections = load<usize>(step + layout.CORRECTIONS) + offset;
    correction0 = v128.load(corrections), correction1 = v128.load(corrections, 16);
  }
  const first = load<usize>(step + layout.FIRST);
  const firstWeight = v128.load32_splat(step + layout.FIRST_WEIGHT);
  const second = load<usize>(step + layout.SECOND);
  const secondWeight = v128.load32_splat(step + layout.SECOND_WEIGHT);
  const values = load<usize>(step + layout.VALUES);
  const codes = load<usize>(step + layout.CODES) + block;
  const hasCodes = load<usize>(step + layout.CODES) != 0;
  const isSilu = load<i32>(step + layout.SILU) != 0;
  const factor = v128.load32_splat(step + layout.CODE_FACTOR);
  const zero = load<i32>(step + layout.ZERO_POINT);
  const zeroPoint = i16x8.splat(<i16>zero);
  const lowest = f32x4.convert_i32x4_s(i32x4.splat(-zero)), highest = f32x4.convert_i32x4_s(i32x4.splat(127 - zero));
  let strip = load<usize>(step + layout.STRIP);
  let offsets = load<usize>(step + layout.CODE_OFFSETS);
  let at = offset;
  for (const end = at + pixels * pixelBytes; at < end; at += pixelBytes, strip += 32, offsets += 4) {
    let y0 = v128.load(strip), y1 = v128.load(strip, 16);
    if (integers) {
      y0 = f32x4.convert_i32x4_s(i32x4.sub(y0, correction0));
      y1 = f32x4.convert_i32x4_s(i32x4.sub(y1, correction1));
    }
    y0 = f32x4.mul(y0, m0);
    y1 = f32x4.mul(y1, m1);
    if (first) {
      y0 = f32x4.add(y0, f32x4.mul(v128.load(first + at), firstWeight));
      y1 = f32x4.add(y1, f32x4.mul(v128.load(first + at, 16), firstWeight));
    }
    if (second) {
      y0 = f32x4.add(y0, f32x4.mul(v128.load(second + at), secondWeight));
      y1 = f32x4.add(y1, f32x4.mul(v128.load(second + at, 16), secondWeight));
    }
    if (values) {
      v128.store(values + at, y0);
      v128.store(values + at, y1, 16);
    }
    if (hasCodes) {
      if (isSilu) {
        y0 = silu(y0);
        y1 = silu(y1);
      }
      const q = i16x8.narrow_i32x4_s(nearest(y0, factor, lowest, highest), nearest(y1, factor, lowest, highest));
      v128.store64_lane(codes + load<u32>(offsets), i8x16.narrow_i16x8_u(i16x8.add(q, zeroPoint), q), 0);
    }
  }
}

/** The integers nearest to y factor, ties to even, within lowest .. highest; NaN becomes `lowest`. */
@inline
function nearest(y: v128, factor: v128, lowest: v128, highest: v128): v128 {
  const limited = f32x4.pmin(highest, f32x4.pmax(lowest, f32x4.mul(y, factor)));
  return i32x4.sub(f32x4.add(limited, f32x4.splat(ROUNDER)), f32x4.splat(ROUNDER));
}
