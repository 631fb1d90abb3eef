import { describe, expect, it } from "vitest";
import { downhill, energy, potential } from "../../../worker/langevin/scenes/potential.ts";
import { ratios, row, run, start } from "./results.ts";

describe("particles in a potential", () => {
  it.each([
    ["underdamped", { dynamics: "kinetic" }],
    ["overdamped", { dynamics: "ald", timeStep: 0.05 }],
  ])("settle to the Boltzmann distribution: %s", (_, values) => {
    const simulation = start(potential, values);
    expect(ratios(simulation)[0]).toBeGreaterThan(5);
    run(simulation, 800);
    expect(ratios(simulation)[0]).toBeLessThan(2);
  });

  it.each([
    ["kinetic", 0.1, 0.1],
    ["kinetic", 5, 0.1],
    ["ald", 0.1, 0.1],
    ["ald", 1, 0.1],
    ["ald", 5, 0.1],
  ])(
    "settle to the same distribution whatever the dynamics, friction and step: %s, gamma = %d, dt = %d",
    (dynamics, friction, timeStep) => {
      const simulation = run(start(potential, { dynamics, friction, timeStep, temperature: 0.5 }), 800);
      const distances = Array.from({ length: 5 }, () => ratios(run(simulation, 60))[0]!);
      expect(distances.reduce((sum, distance) => sum + distance / 5, 0)).toBeLessThan(1.3);
    },
  );

  it.each([
    ["kinetic", 5],
    ["ald", 0.1],
  ])("stay in the plane above wells that lie as close together as they can: %s", (dynamics, friction) => {
    const hexagon = Array.from({ length: 6 }, (_, i) => [0.3 * Math.cos((i * Math.PI) / 3), 0.3 * Math.sin((i * Math.PI) / 3)] as const);
    const outer = hexagon.flatMap(([x, y], i) => [
      [2 * x, 2 * y] as const,
      [x + hexagon[(i + 1) % 6]![0], y + hexagon[(i + 1) % 6]![1]] as const,
    ]);
    const simulation = start(potential, { dynamics, temperature: 1, friction, wells: [[0, 0], ...hexagon, ...outer] });
    expect(ratios(run(simulation, 500))[0]).toBeLessThan(2);
  });

  it.each([
    ["kinetic", 0.27, 1],
    ["kinetic", 0.1, 3],
    ["ald", 1, 0.5],
    ["kinetic", 1, 5],
  ])("satisfy kT = gamma D, measured: %s, kT = %d, gamma = %d", (dynamics, temperature, friction) => {
    const simulation = run(start(potential, { dynamics, temperature, friction, timeStep: 0.1 }), 200);
    // The mean of 4000 squares of Gaussians has the relative standard deviation sqrt(2 / 4000); `kinetic` with steps h
    // diffuses by (gamma h)^2 / 12 too fast.
    expect(Math.abs(row(simulation, "Friction times")[0]! / temperature - 1)).toBeLessThan(
      4 * Math.sqrt(2 / 4000) + (friction * 0.1) ** 2 / 12,
    );
  });

  it("stay where they are when a slider moves, and settle to the new target distribution", () => {
    const simulation = run(start(potential), 50);
    const before = simulation.planes[0]!.particles.slice();
    simulation.change!({ dynamics: "kinetic", temperature: 1, friction: 2, timeStep: 0.1, wells: [[0, 0]] });
    expect(simulation.planes[0]!.particles).toEqual(before);
    expect(ratios(run(simulation, 600))[0]).toBeLessThan(2);
  });
});

describe("the force", () => {
  it("is minus the gradient of the energy, inside and at the wall", () => {
    const wells = [[-1, 0.5] as const, [0.3, 0.2] as const];
    const points = Float32Array.of(0, 0, -0.8, 0.6, 0.4, 0.1, 2, 1.5, -2.9, 0.3);
    const out = new Float32Array(points.length);
    downhill(wells)(points, 1, out);
    const h = 1e-5;
    for (let i = 0; i < points.length; i += 2) {
      const [x, y] = [points[i]!, points[i + 1]!];
      const gradient = [
        (energy(wells, x + h, y) - energy(wells, x - h, y)) / (2 * h),
        (energy(wells, x, y + h) - energy(wells, x, y - h)) / (2 * h),
      ];
      expect(out[i]! - x).toBeCloseTo(-gradient[0]!, 5);
      expect(out[i + 1]! - y).toBeCloseTo(-gradient[1]!, 5);
    }
  });
});
