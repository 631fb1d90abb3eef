import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Formula, LONGEST_FORMULA, readFormula } from "../../worker/langevin/formula.ts";

function formula(text: string): Formula {
  const read = readFormula(text);
  if (typeof read === "string") throw new Error(read);
  return read;
}

describe("a formula", () => {
  it.each([
    ["-x^2", (x) => -(x * x)],
    ["(-x)^2", (x) => x * x],
    ["exp(1)^-x^2", (x) => Math.exp(-x * x)],
    ["2*-x^2 - -y", (x, y) => -2 * x * x + y],
    ["2^3^2/512*x", (x) => x],
    ["x - y - 1", (x, y) => x - y - 1],
    ["x**2", (x) => x * x],
    ["(x^2 - 1)^2 + y^2", (x, y) => (x * x - 1) ** 2 + y * y],
    ["+x/4 + 1e-1*pi*e", (x) => x / 4 + 0.1 * Math.PI * Math.E],
    ["sqrt(x^2 + y^2)", Math.hypot],
  ] as [string, (x: number, y: number) => number][])("is read as people write it: %s", (text, expected) => {
    for (const [x, y] of [
      [0.7, -1.3],
      [-2, 0.5],
    ] as const)
      expect(formula(text)(x, y)).toBeCloseTo(expected(x, y), 12);
  });

  it.each([
    ["2x", /^The formula cannot be read after “2”\. It is made of x, y, numbers, .*; a product is written as in 2\*x\.$/],
    ["constructor", /^The formula cannot be read after “”\./],
    ["x + alert(1)", /^The formula cannot be read after “x \+”\./],
    ["x == y", /^The formula cannot be read after “x”\./],
    ["sin(x, y)", /^The formula cannot be read after “sin\(x”\./],
    ["(x", /^The formula cannot be read after “\(x”\./],
    ["2 * ", /^The formula cannot be read after “2 \*”\./],
    ["", /^The formula cannot be read after “”\./],
    ["sin.constructor(1)", /^The formula cannot be read after “sin”\./],
    ["1..2", /^The formula cannot be read after “1\.”\./],
    ["1/x", "The formula has no value at x = 0, y = -3."],
    ["x".padEnd(LONGEST_FORMULA + 1, "+x"), "A formula has at most 200 characters."],
  ])("that is none is told what is wrong in words: %s", (text, words) => {
    const read = readFormula(text);
    if (typeof words === "string") expect(read).toBe(words);
    else expect(read).toMatch(words);
  });

  it("is a formula or a sentence, whatever the text", () => {
    const text = fc.string({ unit: fc.constantFrom(..."xy+-*/^()., 12e[]'\"`?:!&|{}", "sin", "log("), maxLength: 40 });
    fc.assert(
      fc.property(fc.oneof(text, fc.string()), (any) => {
        const read = readFormula(any);
        if (typeof read === "string") expect(read).toMatch(/\.$/);
        else expect(Number.isFinite(read(1, 1))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
