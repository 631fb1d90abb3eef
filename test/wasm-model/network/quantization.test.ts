import { describe, expect, it } from "vitest";
import { codeOf, rangeOf, roundHalfEven } from "../../../wasm-model/network/quantization.ts";

it.each([
  [-2.5, -2],
  [-1.5, -2],
  [-0.5, 0],
  [0.49999999999999994, 0],
  [0.5, 0],
  [1.5, 2],
  [2.5, 2],
  [2.4999, 2],
  [-7.51, -8],
  [126.5, 126],
])("roundHalfEven rounds %f to %d", (x, expected) => {
  expect(roundHalfEven(x) + 0).toBe(expected);
});

describe("codeOf", () => {
  const quantizer = { scale: 0.5, zeroPoint: 10 };

  it("saturates and never wraps", () => {
    for (const huge of [60, 129, 1e6, 1e30, Number.POSITIVE_INFINITY]) expect(codeOf(huge, quantizer)).toBe(127);
    for (const huge of [-6, -129, -1e6, -1e30, Number.NEGATIVE_INFINITY]) expect(codeOf(huge, quantizer)).toBe(0);
  });

  it("gives each end of the range its code, and 0", () => {
    const [low, high] = rangeOf(quantizer);
    expect([low, high]).toEqual([-5, 58.5]);
    expect([low, 0, high].map((value) => codeOf(value, quantizer))).toEqual([0, 10, 127]);
  });
});
