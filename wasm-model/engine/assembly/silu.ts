/**
 * x sigmoid(x) = x / (1 + 2^t), t = -x log2(e), with IEEE operations in a fixed order: the same bits on every machine.
 *
 * 2^t = 2^n (2^(f/2))^2 with n the integer nearest to t and |f| <= 1/2; 2^(f/2) by a polynomial (minimax for the
 * relative error, 8.1e-8). t is limited to +-126, so that 2^n stays a normal number. Absolute error <= 3e-7 max(1,
 * |x|).
 */

/** 1.5 * 2^23: adding it rounds to an integer, ties to even, and leaves the integer in the low bits. */
export const ROUNDER: f32 = 12582912;

/** Constants are read from memory: V8 would spend more instructions on making them than on the formula. */
const CONSTANTS = memory.data<f32>([
  -1.4426950408889634, -126, 126, 12582912, 1,
  // the polynomial of 2^(f/2), highest power first
  0.0006003813693873567, 0.006951011764448979, 0.06005695533212152, 0.34657278176703693, 0.9999999883013335,
]);

@inline
function constant(index: i32): v128 {
  return v128.load32_splat(CONSTANTS + (index << 2));
}

@inline
export function silu(x: v128): v128 {
  const t = f32x4.pmin(constant(2), f32x4.pmax(constant(1), f32x4.mul(x, constant(0))));
  const rounded = f32x4.add(t, constant(3));
  const f = f32x4.sub(t, f32x4.sub(rounded, constant(3)));
  let root = f32x4.add(f32x4.mul(f, constant(5)), constant(6));
  root = f32x4.add(f32x4.mul(root, f), constant(7));
  root = f32x4.add(f32x4.mul(root, f), constant(8));
  root = f32x4.add(f32x4.mul(root, f), constant(9));
  const power = i32x4.add(f32x4.mul(root, root), i32x4.shl(rounded, 23)); // adds n to the exponent
  return f32x4.div(x, f32x4.add(power, constant(4)));
}

/** One value, for tests. */
export function siluOf(x: f32): f32 {
  return f32x4.extract_lane(silu(f32x4.splat(x)), 0);
}
