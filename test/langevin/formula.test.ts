import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { evaluated, type Formula, LONGEST_FORMULA, PLACES_AT_ONCE, readFormula } from "../../worker/langevin/formula.ts";

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
      expect(evaluated(formula(text), x, y).value).toBeCloseTo(expected(x, y), 12);
  });

  it("has the slopes that differences have, whatever it is made of", () => {
    const leaf = fc.constantFrom("x", "y", "0.5", "2", "pi");
    const { tree } = fc.letrec<{ tree: string }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.tuple(tie("tree"), fc.constantFrom("+", "-", "*"), tie("tree")).map(([a, operator, b]) => `(${a} ${operator} ${b})`),
        fc.tuple(tie("tree"), tie("tree")).map(([a, b]) => `(${a})/(2 + sin(${b}))`),
        fc.tuple(tie("tree"), fc.integer({ min: 0, max: 3 })).map(([a, n]) => `sin(${a})^${n}`),
        fc.tuple(tie("tree"), tie("tree")).map(([a, b]) => `(2 + cos(${a}))^-tanh(${b})`),
        fc
          .tuple(fc.constantFrom("sin", "cos", "tanh", "exp(0 - abs", "sqrt(1 + abs", "log(1 + abs", "tan(0.5*tanh"), tie("tree"))
          .map(([name, a]) => `${name}(${a})${name.includes("(") ? ")" : ""}`),
      ),
    }));
    const place = fc.double({ min: -2.9, max: 2.9, noNaN: true });
    const h = 1e-5;
    fc.assert(
      fc.property(tree, place, place, (text, x, y) => {
        fc.pre(text.length <= LONGEST_FORMULA);
        const read = formula(text);
        const value = (x: number, y: number) => evaluated(read, x, y).value;
        const { dx, dy } = evaluated(read, x, y);
        const slopes = [(value(x + h, y) - value(x - h, y)) / (2 * h), (value(x, y + h) - value(x, y - h)) / (2 * h)];
        const bends = [value(x + h, y) + value(x - h, y), value(x, y + h) + value(x, y - h)].map(
          (sum) => Math.abs(sum - 2 * value(x, y)) / h,
        );
        fc.pre(Math.max(...bends) < 1e-4 * (1 + Math.hypot(...slopes))); // a kink, whose differences are off by half its bend, or a needle
        for (const [i, slope] of [dx, dy].entries()) expect(Math.abs(slope - slopes[i])).toBeLessThan(1e-4 * (1 + Math.abs(slope)));
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ["2x", "The formula cannot be read after “2”. Write products as in 2*x, and powers as in x^2."],
    ["constructor", /^There is no name “constructor” here\./],
    ["alert(1)", /^There is no function “alert” here\./],
    ["x == y", /^There is no operator “==” here\./],
    ["sin(x, y)", "“sin” takes one number, as in sin(x)."],
    ["", /^A formula is made of/],
    ["sin.constructor(1)", /^There is no function/],
    ["1/x", "The formula has no value at x = 0, y = -3."],
    ["x".padEnd(LONGEST_FORMULA + 1, "+x"), "A formula has at most 200 characters."],
  ])("that is none is told what is wrong in words: %s", (text, words) => {
    const read = readFormula(text);
    if (typeof words === "string") expect(read).toBe(words);
    else expect(read).toMatch(words);
  });

  it("is the same at many places at once", () => {
    const read = formula("x^2*sin(y) - exp(-x)/3");
    const xs = Float64Array.from({ length: PLACES_AT_ONCE }, (_, i) => i / 20 - 1.5);
    read.at(xs, xs.slice().reverse(), PLACES_AT_ONCE);
    const values = read.value.slice();
    const slopes = read.dx.slice();
    for (const [i, x] of xs.entries()) {
      const { value, dx } = evaluated(read, x, xs[PLACES_AT_ONCE - 1 - i]);
      expect([value, dx]).toEqual([values[i], slopes[i]]);
    }
  });

  it("evaluates each of its parts once, however deep it is", () => {
    const sin = vi.spyOn(Math, "sin");
    // Differentiated part by part, each level would double the work: 2^30 here.
    evaluated(formula(`${"sin(".repeat(30)}x${")".repeat(30)}`), 0.5, 0);
    expect(sin.mock.calls.length).toBeLessThanOrEqual(30 * (61 ** 2 + 1));
    sin.mockRestore();
  });

  it("is a formula or a sentence, whatever the text", () => {
    const text = fc.string({ unit: fc.constantFrom(..."xy+-*/^()., 12e[]'\"`?:!&|{}", "sin", "log("), maxLength: 40 });
    fc.assert(
      fc.property(fc.oneof(text, fc.string()), (any) => {
        const read = readFormula(any);
        if (typeof read === "string") expect(read).toMatch(/\.$/);
        else expect(Number.isFinite(evaluated(read, 1, 1).value)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
