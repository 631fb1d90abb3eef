import { describe, expect, it } from "vitest";
import { cos2pi, exp, log, pow } from "../../../wasm-model/sampling/elementary.ts";

type Real = (x: number) => number;

/** Relative to the platform's function, which is itself within about 1 ulp. */
const errorOf =
  (own: Real, platform: Real): Real =>
  (x) =>
    (own(x) - platform(x)) / platform(x);

const logError = errorOf(log, Math.log);
const expError = errorOf(exp, Math.exp);
/** Of the distance to the nearest quarter of a period, which is exact. */
const cos2piError = errorOf(cos2pi, (x) => {
  const quarter = Math.round(4 * x);
  const angle = 2 * Math.PI * (x - quarter / 4);
  return [Math.cos, (a: number) => -Math.sin(a), (a: number) => -Math.cos(a), Math.sin][((quarter % 4) + 4) % 4](angle);
});

/** Largest |error(x)| over n values of x spread by the golden ratio. */
function worst(error: (x: number) => number, at: (share: number) => number, n = 3000): number {
  let largest = 0;
  for (let i = 1; i <= n; i++) largest = Math.max(largest, Math.abs(error(at((i * 0.6180339887498949) % 1))));
  return largest;
}

/** Two functions within 1 ulp of the truth are within 2 of each other. */
const BOUND = 2 * 2 ** -52;

describe("log", () => {
  it("is the platform's, to rounding, over noise levels, around 1 and over all magnitudes", () => {
    expect(worst(logError, (t) => 0.001 + 100 * t)).toBeLessThan(BOUND);
    expect(worst(logError, (t) => 0.5 + 1.5 * t)).toBeLessThan(BOUND);
    expect(worst(logError, (t) => 1 + (t - 0.5) * 2 ** -Math.floor(45 * t))).toBeLessThan(BOUND);
    expect(worst(logError, (t) => (1 + t) * 2 ** Math.floor(300 * t - 150))).toBeLessThan(BOUND);
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
  it("is the platform's, to rounding", () => {
    expect(worst(expError, (t) => 2 * t - 1)).toBeLessThan(BOUND);
    expect(worst(expError, (t) => 100 * t - 50)).toBeLessThan(BOUND);
    expect(worst(expError, (t) => 1417 * t - 708)).toBeLessThan(BOUND);
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
  it("is the platform's, to rounding, also near the zeros", () => {
    expect(worst(cos2piError, (t) => 2 * t - 1)).toBeLessThan(2 * BOUND);
    expect(worst(cos2piError, (t) => 0.25 + (t - 0.5) * 2 ** -Math.floor(40 * t))).toBeLessThan(2 * BOUND);
    expect(worst(cos2piError, (t) => 1e6 * (t - 0.5))).toBeLessThan(2 * BOUND);
  });

  it("is exact at multiples of a quarter, even and of period 1", () => {
    expect([0, 0.25, 0.5, 0.75, 1, -0.25, -0.5, 7].map((x) => cos2pi(x) + 0)).toEqual([1, 0, -1, 0, 1, 0, -1, 1]);
    for (let i = 0; i < 64; i++) {
      expect(cos2pi(-i / 64)).toBe(cos2pi(i / 64));
      expect(cos2pi(5 + i / 64)).toBe(cos2pi(i / 64));
    }
  });
});

it.each([1 / 7, 7, 0.5, -3, 1.7])("pow: x^%d is the platform's, to 1 + |y ln x| roundings", (y) => {
  const error = errorOf(
    (x) => pow(x, y),
    (x) => x ** y,
  );
  const errorInBounds = (x: number) => error(x) / (1 + Math.abs(y * Math.log(x)));
  expect(worst(errorInBounds, (t) => 0.001 + 0.999 * t, 500)).toBeLessThan(BOUND);
  expect(worst(errorInBounds, (t) => 1 + 99 * t, 500)).toBeLessThan(BOUND);
});
