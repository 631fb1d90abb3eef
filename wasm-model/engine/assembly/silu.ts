/**
 * x sigmoid(x) = x / (1 + 2^t), t = -x log2(e), with IEEE operations in a fixed order: the same bits on every machine.
 *
 * 2^t = 2^n 2^f with n the integer nearest to t and |f| <= 1/2; 2^f by a polynomial (minimax for the relative error, 7.7e-8). t is
 * limited to +-126, so that 2^n stays a normal number. For |x| <= 80 the absolute error is below 3e-7 max(1, |x|), see the test.
 */

/** 1.5 * 2^23: adding it rounds to an integer, ties to even, which then stands in the low bits. */
@inline
export const ROUNDER: f32 = 12582912;

@inline
export function silu(x: v128): v128 {
  const t = f32x4.pmin(f32x4.splat(126), f32x4.pmax(f32x4.splat(-126), f32x4.mul(x, f32x4.splat(-1.4426950408889634))));
  const rounded = f32x4.add(t, f32x4.splat(ROUNDER));
  const f = f32x4.sub(t, f32x4.sub(rounded, f32x4.splat(ROUNDER)));
  let power = f32x4.add(f32x4.mul(f, f32x4.splat(0.0013277938903206255)), f32x4.splat(0.009675757640757277));
  power = f32x4.add(f32x4.mul(power, f), f32x4.splat(0.05550709598138957));
  power = f32x4.add(f32x4.mul(power, f), f32x4.splat(0.24022114337835218));
  power = f32x4.add(f32x4.mul(power, f), f32x4.splat(0.6931469682296735));
  power = f32x4.add(f32x4.mul(power, f), f32x4.splat(1.0000000733176135));
  const scaled = i32x4.add(power, i32x4.shl(rounded, 23)); // n into the exponent
  return f32x4.div(x, f32x4.add(scaled, f32x4.splat(1)));
}
