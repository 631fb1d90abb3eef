/** Adam, unit norms, the learning-rate schedule and the average of the weights, against their definitions. */
import { describe, expect, it } from "vitest";
import { averageShare, Layout, Optimizer } from "../../../training/learning/optimizer.ts";
import { RECIPE, rateAt } from "../../../training/learning/recipe.ts";

/** Gains only, which are learned as they are. */
function optimizerOf(...gains: number[]): Optimizer {
  const optimizer = new Optimizer(new Layout([{ path: "gains", shape: [gains.length], isFilter: false }]));
  optimizer.vector("weights").set(gains);
  return optimizer;
}

describe("Adam", () => {
  it("takes the steps of the published algorithm", () => {
    const optimizer = optimizerOf(1, -2);
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
      optimizer.vector("gradient").set(g);
      optimizer.step(RECIPE, 0.05, t);
    }
    for (const i of [0, 1]) expect(optimizer.vector("weights")[i]).toBeCloseTo(expected[i], 5);
  });
});

describe.each([1, 3, 4, 5, 8, 13])("%i filters", (filters) => {
  const inputs = 7;
  const layout = new Layout([
    { path: "gain", shape: [], isFilter: false },
    { path: "filters", shape: [inputs, filters], isFilter: true },
    { path: "zeros", shape: [2, filters], isFilter: true },
  ]);
  const values = Array.from({ length: inputs * filters }, (_, i) => Math.sin(1 + 3 * i));
  const optimizer = new Optimizer(layout);
  const part = (name: Parameters<Optimizer["vector"]>[0], path: string): Float32Array => layout.parts(optimizer.vector(name)).get(path)!;
  const column = (matrix: ArrayLike<number>, o: number): number[] => Array.from({ length: inputs }, (_, i) => matrix[i * filters + o]);
  const squares = (filter: readonly number[]): number => filter.reduce((sum, w) => sum + w * w, 0);

  it("are stored at unit root mean square and used at unit norm", () => {
    part("weights", "gain").set([5]);
    part("weights", "filters").set(values);
    optimizer.normalize(1e-4);
    for (let o = 0; o < filters; o++) {
      const norm = Math.sqrt(squares(column(values, o)));
      for (let i = 0; i < inputs; i++) {
        const value = values[i * filters + o];
        expect(part("unit", "filters")[i * filters + o]).toBeCloseTo(value / norm, 6);
        expect(part("weights", "filters")[i * filters + o]).toBeCloseTo(value / (norm / Math.sqrt(inputs) + 1e-4), 6);
      }
    }
    expect([...part("unit", "gain"), ...part("weights", "gain")]).toEqual([5, 5]);
    expect([...part("unit", "zeros")]).toEqual(Array(2 * filters).fill(0));
  });

  it("have the gradient of their direction: across the filter, and that of the difference quotients", () => {
    const f = (w: readonly number[]): number => {
      const norm = Math.sqrt(squares(w));
      return w.reduce((sum, value, i) => sum + (i + 1) * (value / norm) ** 3, 0);
    };
    part("weights", "filters").set(values);
    const unit = values.map((value, at) => value / Math.sqrt(squares(column(values, at % filters))));
    part("gradient", "filters").set(unit.map((u, at) => (Math.floor(at / filters) + 1) * 3 * u * u));
    optimizer.step(RECIPE, 0, 1);
    for (let o = 0; o < filters; o++) {
      for (let i = 0; i < inputs; i++) {
        const moved = (by: number): number[] => column(values, o).map((w, k) => (k === i ? w + by : w));
        const quotient = (f(moved(1e-4)) - f(moved(-1e-4))) / 2e-4;
        expect(part("gradient", "filters")[i * filters + o]).toBeCloseTo(quotient, 5);
      }
    }
  });
});

it("the average of the weights is the weighted mean over all steps, the weight of step t in proportion to t^17.97 - (t-1)^17.97 or so", () => {
  const optimizer = optimizerOf(0);
  optimizer.vector("average").set([123]);
  const trace: number[] = [];
  for (let t = 1; t <= 30; t++) {
    trace.push(Math.sin(t));
    optimizer.vector("weights").set([Math.sin(t)]);
    optimizer.vector("gradient").fill(0);
    optimizer.step(RECIPE, 0, t);
  }
  // Unrolled: the weight of step t is (1 - beta_t) times the product of all later beta, beta_t = ((t - 1) / t)^17.97.
  const share = (t: number): number => (1 - ((t - 1) / t) ** 17.97) * (t / 30) ** 17.97;
  const expected = trace.reduce((sum, value, i) => sum + share(i + 1) * value, 0);
  expect(optimizer.vector("average")[0]).toBeCloseTo(expected, 5);
  expect(averageShare(RECIPE.averageGamma, 1)).toBe(1);
});

describe("the learning rate", () => {
  it("warms up over 300 steps, stays, and falls linearly over the cool-down", () => {
    const coolDown = { step: 4000, steps: 6000 };
    const schedule = { learningRate: 1e-2, steps: 10_000, recipe: RECIPE };
    const rates = [1, 150, 300, 4000, 7001, 10_000].map((step) => rateAt(schedule, step, coolDown));
    const expected = [1e-2 / 300, 5e-3, 1e-2, 1e-2, 5e-3, (1e-2 * 1e-4) / 0.6];
    rates.forEach((rate, i) => {
      expect(rate).toBeCloseTo(expected[i], 9);
    });
    expect(rateAt(schedule, 9999)).toBe(1e-2);
  });

  it("warms up over a tenth of a short run", () => {
    expect(rateAt({ learningRate: 1, steps: 20, recipe: RECIPE }, 1)).toBe(0.5);
    expect(rateAt({ learningRate: 1, steps: 20, recipe: RECIPE }, 2)).toBe(1);
  });
});
