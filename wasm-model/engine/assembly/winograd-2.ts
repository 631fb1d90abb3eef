/**
 * The transforms of Winograd's F(2x2, 3x3), which needs 16 products where the direct sum needs 36. The filter's is doubled in
 * each direction:
 *   V = B^T d B, U = (2G) g (2G)^T, Y = A^T [U V] A / 4.
 *
 * The absolute values in a row of B^T add up to at most 2, in a row of 2G to at most 3. So |V| <= 2 * 2 * 127 = 508 and |U| <=
 * 3 * 3 * 128 = 1152. 4 Y is a multiple of 4, and |4 Y| <= 4 * 9 * 127 * 128 inputs < 2^31 for up to 3669 inputs (the card's
 * check bounds them).
 */
import { storePair } from "./kernel";

/** Stores U of a filter, `coefficientBytes` from one of the 16 to the next. */
export function transformFilter(filter: usize, at: usize, coefficientBytes: i32): void {
  const a0 = <i32>load<i8>(filter), b0 = <i32>load<i8>(filter, 1), c0 = <i32>load<i8>(filter, 2);
  const a1 = <i32>load<i8>(filter, 3), b1 = <i32>load<i8>(filter, 4), c1 = <i32>load<i8>(filter, 5);
  const a2 = <i32>load<i8>(filter, 6), b2 = <i32>load<i8>(filter, 7), c2 = <i32>load<i8>(filter, 8);
  const rowBytes = coefficientBytes << 2;
  transformFilterRow(a0 << 1, b0 << 1, c0 << 1, at, coefficientBytes);
  const a = a0 + a2, b = b0 + b2, c = c0 + c2;
  transformFilterRow(a + a1, b + b1, c + c1, at + rowBytes, coefficientBytes);
  transformFilterRow(a - a1, b - b1, c - c1, at + (rowBytes << 1), coefficientBytes);
  transformFilterRow(a2 << 1, b2 << 1, c2 << 1, at + rowBytes * 3, coefficientBytes);
}

/** (a, b, c) (2G)^T; 2G = [2 0 0; 1 1 1; 1 -1 1; 0 0 2]. */
@inline
function transformFilterRow(a: i32, b: i32, c: i32, at: usize, coefficientBytes: i32): void {
  store<i16>(at, a << 1);
  store<i16>(at + coefficientBytes, a + b + c);
  store<i16>(at + (coefficientBytes << 1), a - b + c);
  store<i16>(at + coefficientBytes * 3, c << 1);
}

/** Stores a column of B^T d, eight inputs, for codes that lie `row` apart; B^T = [1 0 -1 0; 0 1 1 0; 0 -1 1 0; 0 1 0 -1]. */
@inline
export function transformColumn(d: usize, row: i32, out: usize): void {
  const d1 = v128.load8x8_u(d + row), d2 = v128.load8x8_u(d + row * 2);
  v128.store(out, i16x8.sub(v128.load8x8_u(d), d2));
  v128.store(out, i16x8.add(d1, d2), 16);
  v128.store(out, i16x8.sub(d2, d1), 32);
  v128.store(out, i16x8.sub(d1, v128.load8x8_u(d + row * 3)), 48);
}

/** Stores a row of B^T d B for two tiles, whose columns lie 64 bytes apart. */
@inline
export function transformRow(a: usize, b: usize, v: usize, coefficientBytes: i32): void {
  const a1 = v128.load(a, 64), a2 = v128.load(a, 128), b1 = v128.load(b, 64), b2 = v128.load(b, 128);
  storePair(i16x8.sub(v128.load(a), a2), i16x8.sub(v128.load(b), b2), v);
  storePair(i16x8.add(a1, a2), i16x8.add(b1, b2), v + coefficientBytes);
  storePair(i16x8.sub(a2, a1), i16x8.sub(b2, b1), v + coefficientBytes * 2);
  storePair(i16x8.sub(a1, v128.load(a, 192)), i16x8.sub(b1, v128.load(b, 192)), v + coefficientBytes * 3);
}

/** The first `count` of A^T m, four outputs, for m that lie `step` apart; `isLast` divides by 4. A^T = [1 1 1 0; 0 1 -1 -1]. */
@inline
export function inverse(m: usize, step: i32, out: usize, outStep: i32, count: i32, isLast: bool): void {
  const m1 = v128.load(m + step), m2 = v128.load(m + step * 2);
  const second = i32x4.sub(i32x4.sub(m1, m2), v128.load(m + step * 3));
  v128.store(out, exact(i32x4.add(i32x4.add(v128.load(m), m1), m2), isLast));
  if (count > 1) v128.store(out + outStep, exact(second, isLast));
}

@inline
function exact(sum: v128, isLast: bool): v128 {
  return isLast ? i32x4.shr_s(sum, 2) : sum;
}
