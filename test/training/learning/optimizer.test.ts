/** Adam, the learning-rate schedule and the average of the weights, against their definitions. */
import type * as TF from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { adamFactors, adamStep, averageShare, moveAverage } from "../../../training/learning/optimizer.ts";
import { RECIPE, rateAt } from "../../../training/learning/recipe.ts";
import type { Tf } from "../../../training/network/score-network.ts";
import { wasmBackend } from "../../support/wasm-backend.ts";

let tf: Tf;
beforeAll(async () => {
  tf = await wasmBackend();
});

const variables = (values: number[]): Map<string, TF.Variable> => new Map([["w", tf.variable(tf.tensor(values))]]);
const valuesOf = (group: Map<string, TF.Variable>): number[] => Array.from(group.get("w")!.dataSync());

describe("Adam", () => {
  it("takes the steps of the published algorithm", () => {
    const state = { weights: variables([1, -2]), first: variables([0, 0]), second: variables([0, 0]) };
    const expected = [1, -2];
    const m = [0, 0];
    const v = [0, 0];
    for (let t = 1; t <= 20; t++) {
      const g = [Math.sin(t), 10 * Math.cos(3 * t)];
      for (const i of [0, 1]) {
        m[i] = 0.9 * m[i] + 0.1 * g[i];
        v[i] = 0.99 * v[i] + 0.01 * g[i] ** 2;
        expected[i] -= (0.05 * (m[i] / (1 - 0.9 ** t))) / (Math.sqrt(v[i] / (1 - 0.99 ** t)) + 1e-8);
      }
      const gradient = tf.tensor(g);
      adamStep(tf, state, { w: gradient }, RECIPE.adam, adamFactors(RECIPE.adam, 0.05, t));
      gradient.dispose();
    }
    valuesOf(state.weights).forEach((w, i) => {
      expect(w).toBeCloseTo(expected[i], 5);
    });
  });

  it("leaves no tensor behind", () => {
    const state = { weights: variables([1, -2]), first: variables([0, 0]), second: variables([0, 0]) };
    const gradient = tf.tensor([1, 1]);
    const before = tf.memory().numTensors;
    adamStep(tf, state, { w: gradient }, RECIPE.adam, adamFactors(RECIPE.adam, 0.05, 1));
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("the average of the weights", () => {
  it("is the weighted mean over all steps, the weight of step t in proportion to t^17.97 - (t-1)^17.97 or so", () => {
    const weights = variables([0]);
    const average = variables([123]);
    const trace: number[] = [];
    for (let t = 1; t <= 30; t++) {
      trace.push(Math.sin(t));
      weights.get("w")!.assign(tf.tensor([Math.sin(t)]));
      moveAverage(tf, average, weights, averageShare(RECIPE.averageGamma, t));
    }
    // Unrolled: the weight of step t is (1 - beta_t) times the product of all later beta, beta_t = ((t - 1) / t)^17.97.
    const share = (t: number): number => (1 - ((t - 1) / t) ** 17.97) * (t / 30) ** 17.97;
    const expected = trace.reduce((sum, value, i) => sum + share(i + 1) * value, 0);
    expect(valuesOf(average)[0]).toBeCloseTo(expected, 5);
  });
});

describe("the learning rate", () => {
  it("warms up over 300 steps, stays, and falls linearly over the last 60 % of the run", () => {
    const rates = [1, 150, 300, 4000, 7001, 10_000].map((step) => rateAt({ learningRate: 1e-2, steps: 10_000, recipe: RECIPE }, step));
    const expected = [1e-2 / 300, 5e-3, 1e-2, 1e-2, 5e-3, (1e-2 * 1e-4) / 0.6];
    rates.forEach((rate, i) => {
      expect(rate).toBeCloseTo(expected[i], 9);
    });
  });

  it("warms up over a tenth of a short run", () => {
    expect(rateAt({ learningRate: 1, steps: 20, recipe: RECIPE }, 1)).toBe(0.5);
    expect(rateAt({ learningRate: 1, steps: 20, recipe: RECIPE }, 2)).toBe(1);
  });
});
