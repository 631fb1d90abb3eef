import { describe, expect, it } from "vitest";
import { defaults } from "../../../worker/langevin/fields.ts";
import { fieldsOf } from "../../../worker/langevin/scene.ts";
import { potential } from "../../../worker/langevin/scenes/potential.ts";
import { energy, pointsField, pointsIn, textOf, wellsDenoiser } from "../../../worker/langevin/wells.ts";
import { run, start } from "../../support/simulation.ts";
import { expectScore, ratios } from "./results.ts";

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

  it("stay where they are when a slider moves, and settle to the new target distribution", () => {
    const before = run(start(potential), 50);
    const after = before.change!({ ...defaults(fieldsOf(potential)), temperature: 1, friction: 2, wells: "0,0" })!;
    expect(after.planes[0]().particles).toEqual(before.planes[0]().particles);
    expect(ratios(run(after, 600))[0]).toBeLessThan(2);
  });
});

it("the force is minus the gradient of the energy, inside and at the wall", () => {
  const wells = [[-1, 0.5] as const, [0.3, 0.2] as const];
  const points = Float32Array.of(0, 0, -0.8, 0.6, 0.4, 0.1, 2, 1.5, -2.9, 0.3);
  expectScore(wellsDenoiser(wells), 1, (x, y) => -energy(wells, x, y), points, 1e-5, 5e-6);
});

describe("points as text", () => {
  const points = [[1, 2] as const, [-0.5, 0.25] as const];
  const { problem } = pointsField("Points", "", { most: 3, spacing: 0.1 });

  it.each(["1,2;-0.5,0.25", " 1, 2 ; -.5,.25", "1,2 -0.5,0.25", " 1,2\n-0.5,0.25\n"])("are pairs, as a table has them too: %s", (text) => {
    expect([problem!(text), pointsIn(text)]).toEqual([undefined, points]);
    expect([pointsIn(textOf(points)), pointsIn("")]).toEqual([points, []]);
  });

  it.each(["x,y", "1", "1,2,3", "3,", "4,0", "NaN,1", "1,2;", "1,1;2,2;3,3;0,0"])("are refused in a sentence: %s", (text) => {
    expect(problem!(text)).toBe("“Points” takes at most 3 points as in “1,2; 0.5,-1”, from -3 to 3.");
  });
});
