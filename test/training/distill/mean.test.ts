import { describe, expect, it } from "vitest";
import { meanOf } from "../../../training/network/parameters.ts";
import { randomModel, TINY } from "../../support/random-model.ts";

describe("meanOf", () => {
  const models = [1, 2, 3].map((seed) => randomModel(TINY, seed, "fp32"));

  it("has the mean of every weight, and the first one's card", () => {
    const [first] = models;
    const named = { ...first, card: { ...first.card, name: "first" } };
    const { card, weights } = meanOf([named, ...models.slice(1)]);
    expect(card).toBe(named.card);
    expect([...weights.floats.keys()]).toEqual([...first.weights.floats.keys()]);
    for (const [path, values] of weights.floats) {
      const all = models.map((model) => model.weights.floats.get(path) as Float32Array);
      values.forEach((value, i) => {
        expect(value).toBeCloseTo((all[0][i] + all[1][i] + all[2][i]) / 3, 5);
      });
    }
  });

  it("of one model is that model", () => {
    expect(meanOf(models.slice(0, 1))).toEqual(models[0]);
  });
});
