import { describe, expect, it } from "vitest";
import { correlated, landscapeOf } from "../../../worker/langevin/scenes/correlated.ts";
import { LEAPS } from "../../../worker/langevin/walkers.ts";
import { run, start } from "../../support/simulation.ts";
import { expectScore, ratios, row } from "./results.ts";

const STD = 0.9;
/** Steps of the scene, about, for so many proposals of HMC and as many evaluations by the others. */
const proposals = (count: number) => (2 * LEAPS + 1) * count;

describe("a correlated Gaussian", () => {
  const [h, rho] = [0.25, 0.95];
  const simulation = run(start(correlated, { stepSize: h, correlation: rho, particles: "2000" }), proposals(150));

  it("gets, from plain Langevin, a variance across it that is wrong by exactly the closed form", () => {
    const width = STD * Math.sqrt(1 - rho);
    const [plain, mala, hmc] = row(simulation, "Variance across");
    const predicted = 1 / (1 - (h * h) / (4 * width * width));
    expect(predicted).toBeGreaterThan(1.3);
    expect(Math.abs(plain! / predicted - 1)).toBeLessThan(4 * Math.sqrt(2 / 2000));
    for (const ratio of [mala, hmc]) expect(Math.abs(ratio! - 1)).toBeLessThan(4 * Math.sqrt(2 / 2000));
  });

  it("is reached by MALA and HMC within exact draws, not by plain Langevin", () => {
    const [plain, mala, hmc] = ratios(simulation);
    expect(plain).toBeGreaterThan(1.5);
    expect(mala).toBeLessThan(1.3);
    expect(hmc).toBeLessThan(1.3);
    const [all, byMala, byHmc] = row(simulation, "Share of");
    expect(all).toBeNaN();
    for (const share of [byMala, byHmc]) {
      expect(share).toBeGreaterThan(0.3);
      expect(share).toBeLessThan(1);
    }
  });

  it("says that plain Langevin explodes beyond twice the width, and it does", () => {
    const unstable = start(correlated, { stepSize: 0.5, correlation: 0.95 });
    expect(unstable.warning).toMatch(/unstable.* 0\.4,/);
    run(unstable, proposals(20));
    expect(unstable.planes[0].particles.some((x) => !(Math.abs(x) < 100))).toBe(true);
    expect(start(correlated, { stepSize: 0.39, correlation: 0.95 }).warning).toBeUndefined();
  });
});

it("gives each method as many evaluations, to within a proposal", () => {
  const simulation = run(start(correlated, { particles: "500" }), proposals(20));
  const evaluations = row(simulation, "Evaluations");
  expect(Math.min(...evaluations)).toBeGreaterThan(100);
  expect(Math.max(...evaluations) - Math.min(...evaluations)).toBeLessThanOrEqual(2 * LEAPS);
});

it("has a score that is the gradient of its density's logarithm", () => {
  const { density, denoise } = landscapeOf(0.7);
  expectScore(denoise, 1, (x, y) => Math.log(density(x, y)), Float32Array.of(0.3, -0.2, -1.1, 0.8, 0.9, 1.4));
});
