import { describe, expect, it } from "vitest";
import { ald } from "../../wasm-model/sampling/ald.ts";
import { Chains, mixing, momentOf, type Reading } from "../../worker/langevin/diagnostics.ts";
import { type Component, mixtureDenoiser, mixtureDensity } from "../../worker/langevin/mixture.ts";
import { batchOf, ENDLESS, ParticleRun } from "../../worker/langevin/particles.ts";
import { RandomNumbers } from "../../worker/langevin/random-numbers.ts";
import { Target } from "../../worker/langevin/target.ts";

/** Of four particles that plain Langevin dynamics moves in a mixture with noise sigma, by steps of relativeStep sigma^2. */
function chainsIn(
  components: readonly Component[],
  { sigma, relativeStep, steps }: Readonly<Record<"sigma" | "relativeStep" | "steps", number>>,
  from: Float32Array,
): Chains {
  const epsilon = relativeStep * sigma ** 2;
  const sampler = ald({ ...batchOf({ particles: 4, seed: 1 }), sigmas: [sigma], stepsPerLevel: ENDLESS, epsilon });
  const particles = new ParticleRun(sampler, mixtureDenoiser(components), from);
  const chains = new Chains("", new Target(mixtureDensity(components, sigma), 1000));
  for (let i = 0; i < steps; i++) {
    particles.step();
    chains.add(particles.x);
  }
  return chains;
}

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

it("moments are those of the cells", () => {
  const components: readonly Component[] = [
    { weight: 0.8, x: 1.6, y: 1.6, std: 0.3 },
    { weight: 0.2, x: -1.6, y: -1.6, std: 0.3 },
  ];
  const { cells } = new Target(mixtureDensity(components, 0), 1000);
  expect(momentOf(cells, 1)).toBeCloseTo(0.96, 2);
  expect(Math.abs(momentOf(cells, 2) - (1.6 ** 2 + 0.09))).toBeLessThan(0.01);
});

describe("particles in one Gaussian", () => {
  const components = [{ weight: 1, x: 0, y: 0, std: 1 }];
  const from = Float32Array.of(-1, -1, 1, -1, -1, 1, 1, 1);
  const chains = (relativeStep: number, steps: number) => chainsIn(components, { sigma: 0.5, relativeStep, steps }, from);

  it("agree, and nothing is wrong with them", () => {
    const { rHat, effective, verdicts } = chains(1.6, 6000).reading();
    expect(rHat).toBeLessThan(1.05);
    expect(effective).toBeGreaterThan(50);
    expect(effective).toBeLessThan(150);
    expect(verdicts).toEqual([]);
  });

  it("say nothing yet after a few steps", () => {
    expect(chains(1.6, 3).reading()).toEqual({ effective: "none yet", rHat: "none yet", verdicts: [] });
  });

  it("that diverged say so, without numbers that mean nothing", () => {
    const words = "4 of 4 particles diverged: the step is too long, or nothing holds them.";
    expect(chains(80, 3000).reading()).toEqual({ effective: Number.NaN, rHat: Number.NaN, verdicts: [words] }); // a > 4 v
  });
});

describe("what an effective sample size does not see", () => {
  const components: readonly Component[] = [
    { weight: 0.75, x: -2, y: 0.3, std: 0.25 },
    { weight: 0.25, x: 2, y: 0.3, std: 0.25 },
  ];
  const read = (...from: readonly number[]): Reading =>
    chainsIn(components, { sigma: 0.1, relativeStep: 1, steps: 4000 }, Float32Array.from(from.flatMap((x) => [x, 0.3]))).reading();

  it("another mode: particles that stay in theirs disagree and are told so", () => {
    const { rHat, effective, verdicts } = read(-2, 2, -2, 2);
    expect(rHat).toBeGreaterThan(2);
    expect(effective).toBeLessThan(5);
    expect(verdicts).toContain("the particles disagree, so they are not at equilibrium.");
    expect(verdicts.filter((words) => words.startsWith("another mode is unseen: 2 of 4 particles never met one"))).toHaveLength(2);
  });

  it("nor does R-hat, where none has met the other mode", () => {
    const { rHat, effective, verdicts } = read(-2, -2, -2, -2);
    expect(rHat).toBeLessThan(1.05);
    expect(effective).toBeGreaterThan(50);
    expect(verdicts).toContain("another mode is unseen: 4 of 4 particles never met one that has 25 % of the probability.");
  });

  it("a distribution that is another one: draws of twice the variance", () => {
    const random = new RandomNumbers("wide");
    const chains = new Chains("", new Target((x, y) => Math.exp(-(x * x + y * y) / (2 * 0.6)), 1000));
    for (let i = 0; i < 2000; i++) chains.add(Float32Array.from({ length: 8 }, () => 1.1 * random.gaussian()));
    const { rHat, effective, verdicts } = chains.reading();
    expect(rHat).toBeLessThan(1.05);
    expect(effective).toBeGreaterThan(900);
    expect(verdicts).toEqual(["mean or mean square of x are not the exact ones: not at equilibrium, or biased by the step."]);
  });
});
