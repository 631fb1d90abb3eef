import { expect, it } from "vitest";
import { rangeOf, roundHalfEven } from "../../../wasm-model/network/quantization.ts";

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

it("each end of a quantizer's range is that of its codes", () => {
  expect(rangeOf({ scale: 0.5, zeroPoint: 10 })).toEqual([-5, 58.5]);
});
