/**
 * The transforms of Winograd's F(4x4, 3x3), which needs 36 products where the direct sum needs 144:
 *   V = B^T d B, U = G g G^T, Y = A^T [U V] A / 576,
 * with G times 24, shared out so that all are integers which fit into 16 bits:
 *   G = [6 0 0; -4 -4 -4; -4 4 -4; 1 2 4; 1 -2 4; 0 0 12],
 *   B^T = [4 0 -5 0 1 0; 0 -4 -4 1 1 0; 0 4 -4 -1 1 0; 0 -2 -1 2 1 0; 0 2 -1 -2 1 0; 0 8 0 -10 0 2],
 *   A^T = [1 1 1 1 1 0; 0 1 -1 2 -2 0; 0 1 1 4 4 0; 0 1 -1 8 -8 1].
 *
 * The absolute values in a row of G add up to at most 12, so |U| <= 12 * 12 * 128 = 18432. Of the 400 in B^T x B^T at most 200
 * are positive, as many negative, and codes are not negative: |V| <= 200 * 127 = 25400. The 32-bit sums may wrap, since they are
 * divided exactly: 576 Y times 9's inverse modulo 2^32 is 64 Y, as long as |64 Y| <= 64 * 9 * 127 * 128 inputs < 2^31, which
 * holds for up to 229 inputs.
 */
import { storePair } from "./kernel";

/** 9 INVERSE = 1 modulo 2^32. */
const INVERSE = 0x38e38e39;

/** Stores U of a filter, `coefficientBytes` from one of the 36 to the next. */
export function transformFilter(filter: usize, at: usize, coefficientBytes: i32): void {
  const a0 = <i32>load<i8>(filter), b0 = <i32>load<i8>(filter, 1), c0 = <i32>load<i8>(filter, 2);
  const a1 = <i32>load<i8>(filter, 3), b1 = <i32>load<i8>(filter, 4), c1 = <i32>load<i8>(filter, 5);
  const a2 = <i32>load<i8>(filter, 6), b2 = <i32>load<i8>(filter, 7), c2 = <i32>load<i8>(filter, 8);
  const rowBytes = coefficientBytes * 6;
  transformFilterRow(6 * a0, 6 * b0, 6 * c0, at, coefficientBytes);
  let a = -4 * (a0 + a2), b = -4 * (b0 + b2), c = -4 * (c0 + c2);
  transformFilterRow(a - 4 * a1, b - 4 * b1, c - 4 * c1, at + rowBytes, coefficientBytes);
  transformFilterRow(a + 4 * a1, b + 4 * b1, c + 4 * c1, at + rowBytes * 2, coefficientBytes);
  a = a0 + 4 * a2, b = b0 + 4 * b2, c = c0 + 4 * c2;
  transformFilterRow(a + 2 * a1, b + 2 * b1, c + 2 * c1, at + rowBytes * 3, coefficientBytes);
  transformFilterRow(a - 2 * a1, b - 2 * b1, c - 2 * c1, at + rowBytes * 4, coefficientBytes);
  transformFilterRow(12 * a2, 12 * b2, 12 * c2, at + rowBytes * 5, coefficientBytes);
}

/** (a, b, c) G^T. */
@inline
function transformFilterRow(a: i32, b: i32, c: i32, at: usize, coefficientBytes: i32): void {
  store<i16>(at, 6 * a);
  store<i16>(at + coefficientBytes, -4 * (a + b + c));
  store<i16>(at + coefficientBytes * 2, -4 * (a - b + c));
  store<i16>(at + coefficientBytes * 3, a + 2 * b + 4 * c);
  store<i16>(at + coefficientBytes * 4, a - 2 * b + 4 * c);
  store<i16>(at + coefficientBytes * 5, 12 * c);
}

/** Stores a column of B^T d, eight inputs, for codes that lie `row` apart. */
@inline
export function transformColumn(d: usize, row: i32, out: usize): void {
  const d1 = v128.load8x8_u(d + row), d2 = v128.load8x8_u(d + row * 2), d3 = v128.load8x8_u(d + row * 3), d4 = v128.load8x8_u(d + row * 4);
  v128.store(out, outer(v128.load8x8_u(d), d2, d4));
  const p = lessFour(d4, d2), q = lessFour(d3, d1);
  v128.store(out, i16x8.add(p, q), 16);
  v128.store(out, i16x8.sub(p, q), 32);
  const s = i16x8.sub(d4, d2), u = twice(i16x8.sub(d3, d1));
  v128.store(out, i16x8.add(s, u), 48);
  v128.store(out, i16x8.sub(s, u), 64);
  v128.store(out, twice(outer(d1, d3, v128.load8x8_u(d + row * 5))), 80);
}

/** Stores a row of B^T d B for two tiles, whose columns lie 96 bytes apart. */
@inline
export function transformRow(a: usize, b: usize, v: usize, coefficientBytes: i32): void {
  const a1 = v128.load(a, 96), a2 = v128.load(a, 192), a3 = v128.load(a, 288), a4 = v128.load(a, 384);
  const b1 = v128.load(b, 96), b2 = v128.load(b, 192), b3 = v128.load(b, 288), b4 = v128.load(b, 384);
  storePair(outer(v128.load(a), a2, a4), outer(v128.load(b), b2, b4), v);
  const pa = lessFour(a4, a2), qa = lessFour(a3, a1), pb = lessFour(b4, b2), qb = lessFour(b3, b1);
  storePair(i16x8.add(pa, qa), i16x8.add(pb, qb), v + coefficientBytes);
  storePair(i16x8.sub(pa, qa), i16x8.sub(pb, qb), v + coefficientBytes * 2);
  const sa = i16x8.sub(a4, a2), ua = twice(i16x8.sub(a3, a1)), sb = i16x8.sub(b4, b2), ub = twice(i16x8.sub(b3, b1));
  storePair(i16x8.add(sa, ua), i16x8.add(sb, ub), v + coefficientBytes * 3);
  storePair(i16x8.sub(sa, ua), i16x8.sub(sb, ub), v + coefficientBytes * 4);
  storePair(twice(outer(a1, a3, v128.load(a, 480))), twice(outer(b1, b3, v128.load(b, 480))), v + coefficientBytes * 5);
}

/** 4 a - 5 b + c. */
@inline
function outer(a: v128, b: v128, c: v128): v128 {
  return i16x8.add(i16x8.shl(i16x8.sub(a, b), 2), i16x8.sub(c, b));
}

/** a - 4 b. */
@inline
function lessFour(a: v128, b: v128): v128 {
  return i16x8.sub(a, i16x8.shl(b, 2));
}

@inline
function twice(a: v128): v128 {
  return i16x8.add(a, a);
}

/** The first `count` of A^T m, four outputs, for m that lie `step` apart; `isLast` divides by 576. */
@inline
export function inverse(m: usize, step: i32, out: usize, outStep: i32, count: i32, isLast: bool): void {
  const m1 = v128.load(m + step), m2 = v128.load(m + step * 2), m3 = v128.load(m + step * 3), m4 = v128.load(m + step * 4);
  const s = i32x4.add(m1, m2), d = i32x4.sub(m1, m2), t = i32x4.add(m3, m4), e = i32x4.sub(m3, m4);
  const fourth = i32x4.add(i32x4.add(d, i32x4.shl(e, 3)), v128.load(m + step * 5));
  v128.store(out, exact(i32x4.add(i32x4.add(v128.load(m), s), t), isLast));
  if (count > 1) v128.store(out + outStep, exact(i32x4.add(d, i32x4.shl(e, 1)), isLast));
  if (count > 2) v128.store(out + outStep * 2, exact(i32x4.add(s, i32x4.shl(t, 2)), isLast));
  if (count > 3) v128.store(out + outStep * 3, exact(fourth, isLast));
}

@inline
function exact(sum: v128, isLast: bool): v128 {
  return isLast ? i32x4.shr_s(i32x4.mul(sum, i32x4.splat(INVERSE)), 6) : sum;
}
