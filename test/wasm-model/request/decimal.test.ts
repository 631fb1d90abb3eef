import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decimalText } from "../../../wasm-model/request/recipe.ts";

describe("decimalText", () => {
  it.each([
    [0, "0"],
    [-0, "0"],
    [1, "1"],
    [0.5, "0.5"],
    [0.000001, "0.000001"],
    [1e-7, "0.0000001"],
    [1.5e-7, "0.00000015"],
    [-2.25e-9, "-0.00000000225"],
    [123456.789, "123456.789"],
    [1e21, "1000000000000000000000"],
    [1.25e22, "12500000000000000000000"],
  ])("writes %d as %s", (value, text) => {
    expect(decimalText(value)).toBe(text);
  });

  const written = (value: number): void => {
    const text = decimalText(value);
    expect(text).toMatch(/^\d+(\.\d+)?$/); // what `decimal` of the table of options reads
    expect(Number(text)).toBe(value);
  };

  it("is read as the same number again, whatever the number", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }), (value) => written(value + 0)),
      { numRuns: 10_000 },
    );
    for (const value of [Number.MIN_VALUE, Number.MAX_VALUE, Number.EPSILON, Number.MAX_SAFE_INTEGER]) written(value);
  });
});
