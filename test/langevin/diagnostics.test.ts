import { describe, expect, it } from "vitest";
import { Chains, type Mover, mixing, momentOf, plainChains, startsOf } from "../../worker/langevin/diagnostics.ts";
import { type Component, mixtureDensity } from "../../worker/langevin/mixture.ts";
import { RandomNumbers } from "../../worker/langevin/random-numbers.ts";
import { correlated } from "../../worker/langevin/scenes/correlated.ts";
import { Target } from "../../worker/langevin/target.ts";
import { start } from "./scenes/results.ts";

/** x' = phi x + z: its correlations are phi^k, and tau = (1 + phi) / (1 - phi). */
function autoregression(phi: number, n: number, seed = "autoregression"): number[] {
  const random = new RandomNumbers(seed);
  let x = random.gaussian() / Math.sqrt(1 - phi * phi);
  return Array.from({ length: n }, () => (x = phi * x + random.gaussian()));
}

describe.each([0, 0.5, 0.9, -0.4])("autoregressions of phi = %d", (phi) => {
  const paths = [1, 2, 3, 4].map((chain) => autoregression(phi, 6000, `chain ${chain}`));

  it("take (1 + phi) / (1 - phi) steps for one independent draw, and agree", () => {
    const { rHat, tau } = mixing(paths);
    expect(Math.abs(tau / ((1 + phi) / (1 - phi)) - 1)).toBeLessThan(0.15);
    expect(Math.abs(rHat - 1)).toBeLessThan(0.02);
  });
});

it("R-hat of chains that stay around m and -m is sqrt(1 + 4/3 m^2) by halves, and they are worth few draws", () => {
  const m = 3;
  const paths = [1, -1, 1, -1].map((side, i) => autoregression(0, 1000, `side ${i}`).map((x) => x + side * m));
  // Eight halves: the variance of their means is 8 / 7 m^2.
  const { rHat, tau } = mixing(paths);
  expect(Math.abs(rHat / Math.sqrt(1 + (8 / 7) * m * m) - 1)).toBeLessThan(0.05);
  expect(tau).toBeGreaterThan(300);
  expect(mixing(paths.slice(0, 1)).tau).toBeLessThan(1.5); // one of them alone looks perfect
});

it("moments and starts are those of the cells", () => {
  const components: readonly Component[] = [
    { weight: 0.8, x: 1.6, y: 1.6, std: 0.3 },
    { weight: 0.2, x: -1.6, y: -1.6, std: 0.3 },
  ];
  const { cells } = new Target(mixtureDensity(components, 0), 1000);
  expect(momentOf(cells, 1)).toBeCloseTo(0.96, 2);
  expect(Math.abs(momentOf(cells, 2) - (1.6 ** 2 + 0.09))).toBeLessThan(0.01);
  const starts = startsOf(cells);
  for (const [x, y] of [starts[0]!, starts[3]!]) expect(Math.hypot(Math.abs(x) - 1.6, Math.abs(y) - 1.6)).toBeLessThan(0.3);
  expect(starts[0]![0]).toBeLessThan(0);
});

describe("chains in one Gaussian", () => {
  const components = [{ weight: 1, x: 0, y: 0, std: 1 }];
  const target = new Target(mixtureDensity(components, 0.5), 1000);
  const chains = (relativeStep: number, steps: number) => {
    const made = plainChains(target, components, { sigma: 0.5, relativeStep, seed: 1 });
    for (let i = 0; i < steps; i++) made.step();
    return made.reading();
  };

  it("agree, and nothing is wrong with them", () => {
    const { rHat, effective, acceptance, verdicts, traces } = chains(1.6, 6000);
    expect(rHat).toBeLessThan(1.05);
    expect(effective).toBeGreaterThan(50);
    expect(effective).toBeLessThan(150);
    expect(acceptance).toBeGreaterThan(0.9);
    expect(traces.length).toBe(4);
    expect(verdicts).toEqual([]);
  });

  it("that diverged say so, without numbers that mean nothing and without places that are none", () => {
    const { verdicts, effective, rHat, traces } = chains(80, 3000); // a > 4 v
    expect(verdicts).toEqual(["4 of 4 chains diverged: the step is too long."]);
    expect([effective, rHat]).toEqual([Number.NaN, Number.NaN]);
    expect(traces.flat(2).every(Number.isFinite)).toBe(true);
  });
});

describe("what an effective sample size does not see", () => {
  const components: readonly Component[] = [
    { weight: 0.75, x: -2, y: 0.3, std: 0.25 },
    { weight: 0.25, x: 2, y: 0.3, std: 0.25 },
  ];
  const target = new Target(mixtureDensity(components, 0), 1000);

  it("another mode: chains that stay in theirs disagree and are told so", () => {
    const chains = plainChains(target, components, { sigma: 0.1, relativeStep: 1, seed: 1 });
    for (let i = 0; i < 4000; i++) chains.step();
    const { rHat, effective, verdicts } = chains.reading();
    expect(rHat).toBeGreaterThan(2);
    expect(effective).toBeLessThan(5);
    expect(verdicts).toContain("The chains disagree: they are not at equilibrium.");
    expect(verdicts.filter((words) => words.startsWith("Another mode is unseen: 2 of 4 chains never met one"))).toHaveLength(2);
  });

  it("a distribution that is another one: draws of twice the variance", () => {
    const random = new RandomNumbers("wide");
    const wide: Mover = { x: new Float32Array(8), step: () => wide.x.set(wide.x.map(() => 1.1 * random.gaussian())) };
    const gaussian = new Target((x, y) => Math.exp(-(x * x + y * y) / (2 * 0.6)), 1000);
    const chains = new Chains("", gaussian, () => wide);
    for (let i = 0; i < 2000; i++) chains.step();
    const { rHat, effective, verdicts } = chains.reading();
    expect(rHat).toBeLessThan(1.05);
    expect(effective).toBeGreaterThan(900);
    expect(verdicts).toEqual(["Mean or mean square of x are not the exact ones: not at equilibrium, or biased by the step."]);
  });
});

it("Euler-Maruyama beyond its stable step diverges in scene 5, and nothing there is NaN on a path", () => {
  const simulation = start(correlated, { stepSize: 0.6, chains: "plain" });
  for (let i = 0; i < 400; i++) {
    if (i < 40) simulation.step();
    simulation.chains.step();
  }
  expect(simulation.chains.reading().verdicts[0]).toMatch(/chains diverged/);
});
