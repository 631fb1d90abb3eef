import { describe, expect, it } from "vitest";
import { textOf } from "../../../worker/langevin/points.ts";
import { potential } from "../../../worker/langevin/scenes/potential.ts";
import { energy, formulaPotential, largestCurvature, wellsPotential } from "../../../worker/langevin/wells.ts";
import { ratios, row, run, start } from "./results.ts";

/** The mean ratio of five readings. */
const settledRatio = (values: Readonly<Record<string, number | string>>, steps: number) => {
  const simulation = run(start(potential, values), steps);
  const readings = Array.from({ length: 5 }, () => ratios(run(simulation, 40))[0]);
  return readings.reduce((sum, ratio) => sum + ratio / 5, 0);
};

describe("particles in a potential", () => {
  it.each([0.05, 0.2])("settle, underdamped, within the floor of exact draws at any step that the slider allows: %d s", (timeStep) => {
    expect(settledRatio({ timeStep, temperature: 0.5 }, 30 / timeStep)).toBeLessThan(1.15);
  });

  it("settle, overdamped, farther off if the step is longer", () => {
    const [short, long] = [0.04, 0.2].map((timeStep) => settledRatio({ dynamics: "ald", timeStep, temperature: 0.5 }, 20 / timeStep));
    expect(short).toBeLessThan(1.3);
    expect(long).toBeGreaterThan(2);
  });

  it("stay in the plane above wells that are as close together as possible", () => {
    const hexagon = Array.from({ length: 6 }, (_, i) => [0.3 * Math.cos((i * Math.PI) / 3), 0.3 * Math.sin((i * Math.PI) / 3)] as const);
    const outer = hexagon.flatMap(([x, y], i) => [
      [2 * x, 2 * y] as const,
      [x + hexagon[(i + 1) % 6][0], y + hexagon[(i + 1) % 6][1]] as const,
    ]);
    const simulation = start(potential, { temperature: 1, friction: 5, wells: textOf([[0, 0], ...hexagon, ...outer]) });
    expect(ratios(run(simulation, 500))[0]).toBeLessThan(2);
  });

  it("have a row for the right half, as the target has", () => {
    const simulation = run(start(potential, { temperature: 1 }), 400);
    const { particles } = simulation.planes[0];
    const right = particles.reduce(
      (sum, x, i) => sum + (i % 2 === 0 && x >= 0 && Math.max(x, Math.abs(particles[i + 1])) < 3 ? 2 / particles.length : 0),
      0,
    );
    expect(row(simulation, "Weight of the right half")[0]).toBeCloseTo(right, 12);
    expect(Math.abs(row(simulation, "In the target")[0] - right)).toBeLessThan(0.04);
  });

  it("stay where they are when a slider moves, and settle to the new target distribution", () => {
    const before = run(start(potential), 50);
    const after = before.change!({
      dynamics: "kinetic",
      temperature: 1,
      friction: 2,
      timeStep: 0.1,
      wells: "0,0",
      formula: "",
      particles: "5000",
      speed: 1,
      seed: 1,
    });
    expect(after.planes[0].particles).toEqual(before.planes[0].particles);
    expect(ratios(run(after, 600))[0]).toBeLessThan(2);
  });

  it.each([
    ["ald", 0.1, /^Unstable: a step of 0\.2 s .* 2γ\/k = 0\.0\d+ s/],
    ["ald", 5, undefined],
    ["kinetic", 0.1, undefined],
  ])("say when a step is unstable: %s, gamma = %d", (dynamics, friction, words) => {
    const simulation = start(potential, { dynamics, friction, timeStep: 0.2 });
    if (words) expect(simulation.warning).toMatch(words);
    else expect(simulation.warning).toBeUndefined();
  });
});

describe("the largest curvature", () => {
  it("is that of a harmonic well, and of the bottom of a Gaussian one", () => {
    expect(largestCurvature((x, y) => 3 * x * x + y * y, 1)).toBeCloseTo(6, 6);
    expect(largestCurvature((x, y) => x * y, 100)).toBeCloseTo(1, 6);
    expect(largestCurvature((x, y) => energy([[0, 0]], x, y), 0.02) / (1 / 0.45 ** 2)).toBeGreaterThan(0.97);
  });
});

describe("the force", () => {
  const wells = [[-1, 0.5] as const, [0.3, 0.2] as const];
  it.each([
    ["wells", wellsPotential(wells)],
    ["a formula", formulaPotential((x, y) => Math.sin(x) * Math.cosh(y) + x * y * y)],
  ])("is minus the gradient of the energy, inside and at the wall: %s", (_, { energy, denoise }) => {
    const points = Float32Array.of(0, 0, -0.8, 0.6, 0.4, 0.1, 2, 1.5, -2.9, 0.3);
    const out = new Float32Array(points.length);
    denoise(points, 1, out);
    const h = 1e-5;
    for (let i = 0; i < points.length; i += 2) {
      const [x, y] = [points[i], points[i + 1]];
      const gradient = [(energy(x + h, y) - energy(x - h, y)) / (2 * h), (energy(x, y + h) - energy(x, y - h)) / (2 * h)];
      expect(out[i] - x).toBeCloseTo(-gradient[0], 5);
      expect(out[i + 1] - y).toBeCloseTo(-gradient[1], 5);
    }
  });

  it("of a formula is 0 at a tip, and the wall's alone where the formula has no value", () => {
    const { denoise } = formulaPotential((x, y) => Math.hypot(x, y) + Math.log(3.5 - x));
    const out = new Float32Array(4);
    denoise(Float32Array.of(0, 0, 4, 0), 1, out);
    expect(out[1]).toBe(0);
    expect(out[2]).toBeCloseTo(4 - 4 * 2, 5);
  });
});

describe("a potential by a formula", () => {
  it("has particles settle to its Boltzmann distribution: a harmonic one to a Gaussian", () => {
    const simulation = start(potential, { formula: "2*x^2 + 3*y^2", temperature: 0.5, timeStep: 0.2, particles: "1000" });
    expect(ratios(run(simulation, 60))[0]).toBeLessThan(1.2);
    const { particles, marks } = simulation.planes[0];
    expect(marks).toEqual([]);
    const variance = (axis: number) => particles.reduce((sum, value, i) => sum + (i % 2 === axis ? value * value : 0), 0) / 1000;
    // kT / k, to four standard deviations of the mean of 1000 squares of Gaussians; the wall is five of these away
    for (const [axis, k] of [4, 6].entries()) expect(Math.abs((variance(axis) * k) / 0.5 - 1)).toBeLessThan(4 * Math.sqrt(2 / 1000));
  });

  it("says so when particles belong outside of the plane, or a step is too long", () => {
    expect(start(potential, { formula: "-x^2" }).warning).toMatch(/^\d+ % of this potential’s particles belong outside/);
    expect(start(potential, { formula: "-1.9*x^2" }).warning).toBe("100 % of this potential’s particles belong outside of the plane.");
    expect(start(potential, { formula: "300*(x^2+y^2)", timeStep: 0.2 }).warning).toMatch(/^Unstable: a step of 0\.2 s/);
    expect(start(potential, { temperature: 2 }).warning).toBeUndefined();
  });

  it.each(["-x^4", "-9*(x^2+y^2)", "x^3"])("has no distance to a distribution that does not exist: %s", (formula) => {
    const simulation = run(start(potential, { formula, particles: "500" }), 100);
    expect(simulation.warning).toBe("No equilibrium: this potential falls without end.");
    const values = Object.fromEntries(simulation.rows().map(({ label, values }) => [label, values[0]]));
    expect(values).toMatchObject({
      "Distance to the target distribution": "no equilibrium",
      "In the target distribution": "no equilibrium",
    });
    expect(simulation.charts().flatMap(({ y }) => [y.from, y.to])).toEqual([0, 0.07, 0.01, 1].map((value) => expect.closeTo(value, 9)));
  });

  it("may be a needle: nothing hangs", { timeout: 20_000 }, () => {
    expect(
      run(start(potential, { formula: "1e9*(x-0.05)^2 + 1e9*(y-0.05)^2", temperature: 0.05, particles: "500" }), 3).planes.length,
    ).toBe(1);
  });
});
