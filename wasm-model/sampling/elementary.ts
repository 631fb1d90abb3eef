/**
 * Elementary functions with one result on every machine. ECMAScript leaves the last bits of Math.log, exp, cos and of
 * `**` to the engine; these use additions, multiplications and divisions of IEEE 754 doubles only, in a fixed order.
 *
 * Kernels and coefficients: fdlibm (e_log.c, e_exp.c, k_sin.c, k_cos.c), rewritten. "Copyright (C) 1993 by Sun
 * Microsystems, Inc. All rights reserved. Permission to use, copy, modify, and distribute this software is freely
 * granted, provided that this notice is preserved."
 *
 * Maximum errors (1 ulp = 2^-52 of the leading bit's value): `log` 1 ulp, `exp` 1 ulp, `cos2pi` 2 ulp, `pow` 1 + |y ln
 * x| ulp.
 */

const LN2_HIGH = 0.6931471803691238; // its low 21 bits are zero: k * LN2_HIGH is exact for every exponent k
const LN2_LOW = 1.9082149292705877e-10;

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);
/** Index of the word that holds sign and exponent. */
const HIGH = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;

/** 2^k for -1022 <= k <= 1023, exact. */
function powerOfTwo(k: number): number {
  words[HIGH] = (k + 1023) << 20;
  words[1 - HIGH] = 0;
  return float[0];
}

/**
 * Natural logarithm; -Infinity at 0, NaN below. x = 2^k (1 + f) with sqrt(1/2) < 1 + f < sqrt(2), log(1 + f) = 2
 * atanh(f / (2 + f)).
 */
export function log(x: number): number {
  if (!(x > 0) || x === Infinity) return x === 0 ? -Infinity : x > 0 ? x : NaN;
  let k = -1023;
  if (x < 2.2250738585072014e-308) {
    x *= 18014398509481984; // 2^54 lifts subnormals
    k -= 54;
  }
  float[0] = x;
  // Adding 0x95f64 to the fraction carries into the exponent when the mantissa is above (about) sqrt(2).
  const high = words[HIGH] + 0x95f64;
  k += high >>> 20;
  words[HIGH] = (high & 0xfffff) + 0x3ff00000 - 0x95f64;
  const f = float[0] - 1;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const odd = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373));
  const even = z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)));
  const halfSquare = 0.5 * f * f;
  return k * LN2_HIGH - (halfSquare - (s * (halfSquare + (odd + even)) + k * LN2_LOW) - f);
}

/** e^x; 0 below -745.14, Infinity above 709.79. x = k ln2 + r with |r| <= ln2 / 2, e^r through a rational approximation. */
export function exp(x: number): number {
  if (!(x > -746)) return x < 0 ? 0 : NaN;
  if (x > 710) return Infinity;
  const k = Math.floor(x * Math.LOG2E + 0.5);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const t = r * r;
  const c =
    r -
    t *
      (0.16666666666666602 +
        t * (-0.0027777777777015593 + t * (6.613756321437934e-5 + t * (-1.6533902205465252e-6 + t * 4.1381367970572385e-8))));
  const y = 1 - (low - (r * c) / (2 - c) - high);
  const half = k >> 1; // two factors, since 2^k itself may lie outside the range of normal numbers
  return y * powerOfTwo(half) * powerOfTwo(k - half);
}

/** x^y = exp(y log x) for x > 0. */
export const pow = (x: number, y: number): number => exp(y * log(x));

/** cos(2 pi x) for |x| < 2^52, with full relative accuracy near its zeros too: the reduction to an eighth of a turn is exact. */
export function cos2pi(x: number): number {
  const turn = Math.abs(x - Math.floor(x + 0.5));
  const sign = turn > 0.25 ? -1 : 1;
  const quarter = turn > 0.25 ? 0.5 - turn : turn;
  return sign * (quarter > 0.125 ? sinKernel(2 * Math.PI * (0.25 - quarter)) : cosKernel(2 * Math.PI * quarter));
}

/** sin(x), 0 <= x <= pi/4. */
function sinKernel(x: number): number {
  const z = x * x;
  const r =
    0.00833333333332249 +
    z * (-0.0001984126982985795 + z * (2.7557313707070068e-6 + z * (-2.5050760253406863e-8 + z * 1.58969099521155e-10)));
  return x + z * x * (-0.16666666666666632 + z * r);
}

/** cos(x), 0 <= x <= pi/4. */
function cosKernel(x: number): number {
  const z = x * x;
  const r =
    z *
    (0.0416666666666666 +
      z *
        (-0.001388888888887411 +
          z * (2.480158728947673e-5 + z * (-2.7557314351390663e-7 + z * (2.087572321298175e-9 + z * -1.1359647557788195e-11)))));
  const half = 0.5 * z;
  const w = 1 - half;
  return w + (1 - w - half + z * r);
}
