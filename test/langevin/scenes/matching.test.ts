import { describe, expect, it } from "vitest";
import { matching } from "../../../worker/langevin/scenes/matching.ts";
import { ratios, row, run, start } from "./results.ts";

/** Until the particles of both planes are drawn by a network of so many steps. */
function trained(simulation: ReturnType<typeof start>, steps: number) {
  while (row(simulation, "Training steps")[1]! < steps) run(simulation, 50);
  return simulation;
}

describe("score matching", () => {
  it("comes to draw the target distribution as the exact score does", () => {
    const simulation = trained(start(matching), 300);
    expect(ratios(simulation)[1]).toBeGreaterThan(2);
    trained(simulation, 3000);
    const [exact, learned] = ratios(simulation);
    expect(exact).toBeLessThan(2);
    expect(learned).toBeLessThan(2);
    while (row(simulation, "Noise level")[1] !== 3) run(simulation, 1); // where the next drawing begins
    expect(row(simulation, "Agreement")[1]).toBeGreaterThan(0.97);
  });

  it("is as far off without higher noise levels with the exact score as with the learned one, and says so", () => {
    const simulation = trained(start(matching, { levels: "lowest" }), 2000);
    const [exact, learned] = ratios(simulation);
    expect(exact).toBeGreaterThan(3);
    expect(learned! / exact!).toBeLessThan(1.3);
    expect(matching.sentences[2]).toMatch(/^With one low noise level, even the exact score /);
  });

  it("goes on with other points, and starts anew with other levels", () => {
    const simulation = trained(start(matching), 60);
    simulation.change!({ levels: "all", learningRate: 0.005, points: [[1, 1]] });
    expect(row(simulation, "Training steps")[1]).toBeGreaterThanOrEqual(60);
    expect(simulation.planes[1]!.marks).toEqual([[1, 1]]);
    simulation.change!({ levels: "lowest", learningRate: 0.005, points: [] });
    expect(row(simulation, "Training steps")[1]).toBe(0);
    run(simulation, 10);
  });
});
