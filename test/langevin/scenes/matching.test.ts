import { beforeAll, describe, expect, it } from "vitest";
import { defaults } from "../../../worker/langevin/fields.ts";
import { fieldsOf, type Simulation } from "../../../worker/langevin/scene.ts";
import { matching } from "../../../worker/langevin/scenes/matching.ts";
import { run, start } from "../../support/simulation.ts";
import { row } from "./results.ts";

/** Until networks of so many steps have drawn the particles of both planes. */
function trained(simulation: Simulation, steps: number) {
  while (row(simulation, "Training steps")[0] < steps) run(simulation, 50);
  while (row(simulation, "Noise level").some((sigma) => !Number.isNaN(sigma))) run(simulation, 1);
  return simulation;
}

/** The last values of a chart's lines. */
const ends = (simulation: Simulation, chart: number) => simulation.charts()[chart].lines.map(({ points }) => points.at(-1)![1]);

describe("two far modes, learned", () => {
  let simulation: Simulation;
  beforeAll(() => {
    simulation = trained(start(matching, { particles: "1000" }), 1500);
  });

  it("have in the table, while the next run is under way, the results that the chart has", () => {
    const [table, [one, annealed]] = [row(run(simulation, 100), "Distance to the target, last run"), ends(simulation, 1)];
    expect(row(simulation, "Noise level").some((sigma) => !Number.isNaN(sigma))).toBe(true);
    expect(table).toEqual([one, annealed]);
  });

  it("have a score that is wrong where no data are, at one low level, and right everywhere at a high one", () => {
    const [near, far, high] = ends(simulation, 0);
    expect(far! / near!).toBeGreaterThan(10);
    expect(near).toBeLessThan(0.1);
    expect(high).toBeLessThan(0.1);
  });

  it("are drawn with falling noise levels, not with one", () => {
    const target = row(simulation, "In the target")[0]!;
    expect(target).toBeCloseTo(0.8, 3);
    expect(Math.abs(row(simulation, "Weight of the right half")[1]! - target)).toBeLessThan(0.05);
    const [one, annealed, exact] = ends(simulation, 1);
    expect(one).toBeGreaterThan(3 * exact!);
    expect(annealed).toBeLessThan(2 * exact!);
  });
});

it.each(["empty", "plane"])(
  "the exact score: ends after a run, and gets the weights equally wrong at one level, from the start %s",
  (from) => {
    const simulation = start(matching, { score: "exact", start: from, particles: "1000" });
    run(simulation, 479);
    expect(simulation.done()).toBe(false);
    run(simulation, 1);
    expect(simulation.done()).toBe(true);
    const [one, falling] = row(simulation, "Weight of the right half");
    const [target] = row(simulation, "In the target");
    expect(Math.abs(one! - target!)).toBeGreaterThan(0.2);
    expect(Math.abs(falling! - target!)).toBeLessThan(0.05);
  },
);

it("of a curve, the manifold case, is wrong off the curve without noise", () => {
  const simulation = trained(start(matching, { data: "curve", particles: "500" }), 1500);
  const [near, far, high] = ends(simulation, 0);
  expect(far! / near!).toBeGreaterThan(10);
  expect(high).toBeLessThan(0.1);
  const [one, falling] = ends(simulation, 1);
  expect(falling).toBeLessThan(0.75 * one!);
});

it("own points are what is learned, and another noise level of it is shown while learning goes on", () => {
  const values = { points: "1,1;-1.5,0.5;0,-2", particles: "500" };
  const simulation = run(start(matching, values), 8);
  const shades = () => simulation.planes.map((show) => show().density(2.5, -2.5));
  expect(simulation.planes[0]().marks).toEqual([[1, 1], [-1.5, 0.5], [0, -2]]); // biome-ignore format: points
  expect(row(simulation, "In the target")[0]).toBeCloseTo(1 / 2, 2); // half of the point at x = 0
  const before = shades();
  const all = { ...defaults(fieldsOf(matching)), ...values };
  expect(simulation.change!({ ...all, shown: 2 })).toBe(simulation);
  expect(shades()).not.toEqual(before);
  expect(row(simulation, "Training steps")[0]).toBe(8);
  expect(simulation.change!({ ...all, points: "" })).toBeUndefined();
});
