import { describe, expect, it } from "vitest";
import { cos2pi, exp, log, pow } from "../../../wasm-model/sampling/elementary.ts";

// The oracle: fixed-point numbers of 256 fractional bits and the plain power series, in BigInt.
const BITS = 256;
const ONE = 1n << BigInt(BITS);
const times = (a: bigint, b: bigint) => (a * b) >> BigInt(BITS);

/** x 2^shift in fixed point; exact for |x| >= 2^-200. */
function fixed(x: number, shift = 0): bigint {
  let exponent = shift;
  for (; !Number.isInteger(x); exponent--) x *= 2;
  return exponent < 0 ? (BigInt(x) << BigInt(BITS)) >> BigInt(-exponent) : (BigInt(x) << BigInt(BITS)) << BigInt(exponent);
}

/** first + first ratio(1) + first ratio(1) ratio(2) + ... */
function series(first: bigint, next: (term: bigint, k: number) => bigint): bigint {
  let sum = first;
  for (let term = first, k = 1; term !== 0n && term !== -1n; k++) {
    term = next(term, k);
    sum += term;
  }
  return sum;
}

/** 2 atanh(z) = log((1 + z) / (1 - z)). */
function twiceAtanh(z: bigint): bigint {
  const square = times(z, z);
  let sum = 0n;
  for (let power = z, k = 1n; power !== 0n && power !== -1n; power = times(power, square), k += 2n) sum += (2n * power) / k;
  return sum;
}
const LN2 = twiceAtanh(ONE / 3n);
/** Machin: pi = 16 atan(1/5) - 4 atan(1/239). */
const atanInverse = (n: bigint) => {
  let sum = 0n;
  for (let power = ONE / n, k = 1n; power !== 0n; power /= n * n, k += 2n) sum += k % 4n === 1n ? power / k : -power / k;
  return sum;
};
const PI = 16n * atanInverse(5n) - 4n * atanInverse(239n);

/** (value - exact) / exact, where value is scaled by 2^shift as `exact` is. */
function relativeError(value: number, exact: bigint, shift = 0): number {
  return Number(((fixed(value, shift) - exact) << 80n) / exact) / 2 ** 80;
}

function exactLog(x: number): bigint {
  const k = Math.round(Math.log2(x));
  const z = fixed(x, -k);
  return BigInt(k) * LN2 + twiceAtanh(((z - ONE) << BigInt(BITS)) / (z + ONE));
}

const logError = (x: number) => relativeError(log(x), exactLog(x));

/** Relative error of a value that should be e^y. */
function errorAgainstExp(value: number, y: bigint): number {
  const k = Math.round(Number(y >> BigInt(BITS - 40)) / 2 ** 40 / Math.LN2);
  const r = y - BigInt(k) * LN2;
  return relativeError(
    value,
    series(ONE, (term, n) => times(term, r) / BigInt(n)),
    -k,
  );
}

const expError = (x: number) => errorAgainstExp(exp(x), fixed(x));

function cos2piError(x: number): number {
  const angle = times(2n * PI, fixed(x % 1));
  const exact = series(ONE, (term, n) => -times(times(term, angle), angle) / BigInt((2 * n - 1) * 2 * n));
  return relativeError(cos2pi(x), exact);
}

/** Largest |error(x)| over n values of x spread by the golden ratio. */
function worst(error: (x: number) => number, at: (share: number) => number, n = 3000): number {
  let largest = 0;
  for (let i = 1; i <= n; i++) largest = Math.max(largest, Math.abs(error(at((i * 0.6180339887498949) % 1))));
  return largest;
}

const ULP = 2 ** -52;

describe("log", () => {
  it("is within 1 ulp over noise levels, around 1 and over all magnitudes", () => {
    expect(worst(logError, (t) => 0.001 + 100 * t)).toBeLessThan(ULP);
    expect(worst(logError, (t) => 0.5 + 1.5 * t)).toBeLessThan(ULP);
    expect(worst(logError, (t) => 1 + (t - 0.5) * 2 ** -Math.floor(45 * t))).toBeLessThan(ULP);
    expect(worst(logError, (t) => (1 + t) * 2 ** Math.floor(300 * t - 150))).toBeLessThan(ULP);
  });

  it("takes special values and subnormals", () => {
    expect(log(1)).toBe(0);
    expect(log(0)).toBe(-Infinity);
    expect(log(Infinity)).toBe(Infinity);
    expect(log(-1)).toBeNaN();
    expect(log(NaN)).toBeNaN();
    expect(log(2 ** -1074)).toBeCloseTo(-1074 * Math.LN2, 10);
    expect(log(1.7976931348623157e308)).toBeCloseTo(1024 * Math.LN2, 10);
  });
});

describe("exp", () => {
  it("is within 1 ulp", () => {
    expect(worst(expError, (t) => 2 * t - 1)).toBeLessThan(ULP);
    expect(worst(expError, (t) => 100 * t - 50)).toBeLessThan(ULP);
    expect(worst(expError, (t) => 1417 * t - 708)).toBeLessThan(ULP);
  });

  it("takes special values, overflow and underflow", () => {
    expect(exp(0)).toBe(1);
    expect(exp(-Infinity)).toBe(0);
    expect(exp(-746)).toBe(0);
    expect(exp(-745)).toBe(2 ** -1074);
    expect(exp(709.78)).toBeGreaterThan(1.79e308);
    expect(exp(709.79)).toBe(Infinity);
    expect(exp(1e300)).toBe(Infinity);
    expect(exp(NaN)).toBeNaN();
  });
});

describe("cos2pi", () => {
  it("is within 2 ulp, also near the zeros", () => {
    expect(worst(cos2piError, (t) => 2 * t - 1)).toBeLessThan(2 * ULP);
    expect(worst(cos2piError, (t) => 0.25 + (t - 0.5) * 2 ** -Math.floor(40 * t))).toBeLessThan(2 * ULP);
    expect(worst(cos2piError, (t) => 1e6 * (t - 0.5))).toBeLessThan(2 * ULP);
  });

  it("is exact at multiples of a quarter, even and of period 1", () => {
    expect([0, 0.25, 0.5, 0.75, 1, -0.25, -0.5, 7].map((x) => cos2pi(x) + 0)).toEqual([1, 0, -1, 0, 1, 0, -1, 1]);
    for (let i = 0; i < 64; i++) {
      expect(cos2pi(-i / 64)).toBe(cos2pi(i / 64));
      expect(cos2pi(5 + i / 64)).toBe(cos2pi(i / 64));
    }
  });
});

describe("pow", () => {
  it.each([1 / 7, 7, 0.5, -3, 1.7])("x^%d is within 1 + |y ln x| ulp", (y) => {
    const errorInBounds = (x: number) => errorAgainstExp(pow(x, y), times(fixed(y), exactLog(x))) / (1 + Math.abs(y * Math.log(x)));
    expect(worst(errorInBounds, (t) => 0.001 + 0.999 * t, 500)).toBeLessThan(ULP);
    expect(worst(errorInBounds, (t) => 1 + 99 * t, 500)).toBeLessThan(ULP);
  });
});
