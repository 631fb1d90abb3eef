import { describe, expect, it } from "vitest";
import { BLOCK, PlaneNetwork, startingWeights, WEIGHTS } from "../../worker/langevin/network.ts";
import { randomNumbers } from "../../worker/langevin/particles.ts";

const random = randomNumbers("network");

describe("Network", () => {
  it.each([1, 5, BLOCK])("has the gradient of finite differences for every weight, with %i points", (B) => {
    const network = new PlaneNetwork();
    const weights = startingWeights(() => random.gaussian()).map((weight) => weight || 0.3 * random.gaussian()); // no layer of zeros
    for (const row of network.input) for (let p = 0; p < BLOCK; p++) row[p] = random.gaussian();
    const factors = [0, 1].map(() => Float64Array.from({ length: BLOCK }, () => random.gaussian()));
    /** A sum of the outputs, of the B points only. */
    const loss = (): number =>
      network
        .forward(weights, B)
        .reduce((sum, row, o) => sum + row.subarray(0, B).reduce((part, value, p) => part + value * factors[o][p], 0), 0);
    loss();
    const gradient = new Float64Array(WEIGHTS);
    network.backward(weights, factors, gradient, B);
    const h = 1e-5;
    for (let i = 0; i < WEIGHTS; i++) {
      const weight = weights[i];
      weights[i] = weight + h;
      const above = loss();
      weights[i] = weight - h;
      const below = loss();
      weights[i] = weight;
      const difference = (above - below) / (2 * h);
      expect(Math.abs(gradient[i] - difference), `weight ${i}`).toBeLessThan(1e-5 * (1 + Math.abs(difference)));
    }
    expect(gradient.filter((value) => value !== 0).length).toBe(WEIGHTS);
  });
});
