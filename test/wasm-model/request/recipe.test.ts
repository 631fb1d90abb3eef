import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SampleOptions } from "../../../wasm-model/request/options.ts";
import { canonicalOptions, decimalText } from "../../../wasm-model/request/recipe.ts";
import { resolve } from "../../../wasm-model/request/resolve.ts";
import { cardOf, TINY } from "../../support/random-model.ts";

const card = cardOf(TINY);

describe("canonicalOptions", () => {
  it.each<SampleOptions>([
    { seed: "7" },
    { seed: "7", class: 1, steps: 3, sampler: "heun", size: 20 },
    { seed: "7", churn: 0, extrapolation: "1.25" },
    { seed: "7", sampler: "ald", churn: 0 },
    { seed: "7", n: 5, class: "class 2" },
    { seed: "a", to: "b" },
    { seed: "a", to: "b", t: "0.25", class: 0, n: 2 },
    { seed: "7", background: "transparent", foreground: "112233" },
    { seed: "7", foreground: "112233", frames: 3 },
    { seed: "7", radius: 50, n: 3 },
    { seed: "7", size: 32, enlarge: "pixels" },
    { seed: "7", size: 32, enlarge: "smooth" },
    { seed: "7", enlarge: "pixels" },
  ])("resolve to what they were made from: %j", (options) => {
    const settings = resolve("sample", options, card);
    expect(resolve("sample", canonicalOptions(settings, card), card)).toEqual(settings);
  });

  it("state what the model would otherwise decide", () => {
    const { class: label, ...rest } = canonicalOptions(resolve("sample", { seed: "7" }, card), card);
    expect(label).toMatch(/^Class \d$/);
    expect(rest).toEqual({ seed: "7", steps: card.sampling.steps, sampler: card.sampling.sampler });
  });

  it("name each class as it is reached, also one that differs from another in upper and lower case only", () => {
    const twins = { ...card, labels: ["Coat", "Bag", "coat"] };
    expect([0, 1, 2].map((label) => canonicalOptions(resolve("sample", { seed: "7", class: label }, twins), twins).class)).toEqual(
      twins.labels,
    );
    const classOf = (label: string) => resolve("sample", { seed: "7", class: label }, twins).class;
    expect(["Coat", "coat", "bag", "BAG"].map(classOf)).toEqual([0, 2, 1, 1]);
    expect(() => classOf("COAT")).toThrow("for `class` but received COAT");
  });
});

it("decimalText writes any number from 0 on as options read it, as the same number again", () => {
  const written = (value: number): void => {
    const text = decimalText(value);
    expect(text).toMatch(/^\d+(\.\d+)?$/);
    expect(Number(text)).toBe(value);
  };
  fc.assert(
    fc.property(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }), (value) => written(value + 0)),
    { numRuns: 10_000 },
  );
  for (const value of [0, 1e-6, 1e-7, 1.5e-7, 1e21, 1.25e22, Number.MIN_VALUE, Number.MAX_VALUE]) written(value);
});
