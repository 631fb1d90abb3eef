import { describe, expect, it } from "vitest";
import { curve } from "../../../worker/langevin/scenes/curve.ts";
import { ratios, row, run, start } from "./results.ts";

describe("a curve", () => {
  it("is reached with falling noise levels, not with one", () => {
    const [one, falling] = ratios(run(start(curve, { curve: "spiral" })));
    expect(falling).toBeLessThan(2);
    expect(one).toBeGreaterThan(4);
  });

  it("has a score in part of the plane without noise, and everywhere with much noise", () => {
    const simulation = start(curve, { sigmaMax: 2 });
    const [low, high] = row(simulation, "Share of the plane");
    expect(low).toBeLessThan(0.5);
    expect(high).toBe(1);
  });
});
