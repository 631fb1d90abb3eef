import { describe, expect, it } from "vitest";
import { quantizeFilters, quantizerFor, quantizeWeights } from "../../../training/quantize/quantize.ts";
import { quantizedPathsOf } from "../../../wasm-model/network/count.ts";
import { randomModel, TINY } from "../../support/random-model.ts";
import { gaussianSource } from "../../support/random-numbers.ts";

describe("quantizeFilters", () => {
  it("rounds to the nearest, ties to even, at the scale of each channel's largest weight", () => {
    const filters = Float32Array.of(127, 0.5, 1.5, -2.5, 3.49, -254, 1, 3, 5, -1);
    const { weights, scales } = quantizeFilters(filters, 2);
    expect([...scales]).toEqual([1, 2]);
    expect([...weights]).toEqual([127, 0, 2, -2, 3, -127, 0, 2, 2, 0]);
  });

  it("keeps a channel of zeros, whatever its neighbours", () => {
    const { weights, scales } = quantizeFilters(Float32Array.of(0, 0, 1e-30, -1e-30), 2);
    expect([...weights]).toEqual([0, 0, 127, -127]);
    expect(scales[0]).toBe(1);
  });
});

describe("quantizeFilters with moments", () => {
  const gaussian = gaussianSource(3);
  const [n, outputs] = [60, 8];
  const filters = Float32Array.from({ length: n * outputs }, gaussian);
  /** Of 400 inputs that share a mean, as those of a plain area do. */
  const moments = new Float64Array(n * n);
  for (let row = 0; row < 400; row++) {
    const values = Float64Array.from({ length: n }, () => 2 + gaussian());
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) moments[i * n + j] += values[i] * values[j];
  }
  /** The squared error of all outputs over these inputs. */
  function squaredError({ weights, scales }: ReturnType<typeof quantizeFilters>): number {
    let error = 0;
    for (let o = 0; o < outputs; o++) {
      const off = Float64Array.from({ length: n }, (_, i) => weights[o * n + i] * scales[o] - filters[o * n + i]);
      for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) error += off[i] * moments[i * n + j] * off[j];
    }
    return error;
  }

  it("errs far less where inputs go together", () => {
    expect(squaredError(quantizeFilters(filters, outputs, moments))).toBeLessThan(0.4 * squaredError(quantizeFilters(filters, outputs)));
  });

  it("rounds to the nearest where they do not", () => {
    const independent = moments.map((value, at) => (Math.floor(at / n) === at % n ? value : 0));
    expect(quantizeFilters(filters, outputs, independent)).toEqual(quantizeFilters(filters, outputs));
  });

  it("never exceeds the largest code", () => {
    const { weights } = quantizeFilters(
      Float32Array.from({ length: n }, (_, i) => 1 - i * 1e-4),
      1,
      moments.map(Math.abs),
    );
    expect(weights.reduce((max, w) => Math.max(max, Math.abs(w)), 0)).toBe(127);
  });
});

describe("quantizerFor", () => {
  it.each([
    [[-1, 126], { scale: 1, zeroPoint: 1 }],
    [[-63.5, 63.5], { scale: 1, zeroPoint: 64 }], // a tie, to the even one
    [[3, 127], { scale: 1, zeroPoint: 0 }], // widened to hold 0
    [[-127, -3], { scale: 1, zeroPoint: 127 }],
    [[0, 0], { scale: 1, zeroPoint: 0 }],
  ] as const)("for the range %j", (range, expected) => {
    expect(quantizerFor(range, 127)).toEqual(expected);
  });

  it("has the smallest fp32 scale whose codes span the range", () => {
    const gaussian = gaussianSource(2);
    for (const maxCode of [127, 255]) {
      for (let i = 0; i < 1000; i++) {
        const range = [Math.fround(-Math.abs(gaussian())), Math.fround(Math.abs(gaussian()))] as const;
        const { scale } = quantizerFor(range, maxCode);
        const smaller = Math.fround(scale * (1 - 2 ** -24));
        expect(Math.fround(scale)).toBe(scale);
        expect(smaller).toBeLessThan(scale);
        expect(scale * maxCode).toBeGreaterThanOrEqual(range[1] - range[0]);
        expect(smaller * maxCode).toBeLessThan(range[1] - range[0]);
      }
    }
    expect(quantizerFor([-4, 4], 127).zeroPoint).toBe(64); // a tie still
    expect(quantizerFor([0, 2 ** -149], 127)).toEqual({ scale: 2 ** -149, zeroPoint: 0 });
  });

  it("refuses a range that is not finite", () => {
    expect(() => quantizerFor([0, Number.NaN], 127)).toThrow("Expected a finite `range` but received [0, NaN]");
  });
});

describe("quantizeWeights", () => {
  const { weights } = randomModel(TINY, 1, "fp32");
  const reads = new Map(quantizedPathsOf(TINY).map((path) => [path, { range: [-1, 126] }] as const));

  it("quantizes every convolution but the first and leaves the rest", () => {
    const { floats, convolutions } = quantizeWeights(TINY, weights, reads);
    expect([...convolutions.keys()]).toEqual(quantizedPathsOf(TINY));
    expect(new Set([...floats.keys(), ...convolutions.keys()])).toEqual(new Set(weights.floats.keys()));
    expect(floats.get("in")).toBe(weights.floats.get("in"));
    expect(convolutions.get("up")).toMatchObject({ input: { scale: 1, zeroPoint: 1 } });
  });

  it("needs a range for each", () => {
    const others = new Map(reads);
    others.delete("up");
    expect(() => quantizeWeights(TINY, weights, others)).toThrow("Expected an entry for the convolution `up` but received none");
  });
});
