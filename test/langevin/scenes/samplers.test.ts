import { describe, expect, it } from "vitest";
import { samplers } from "../../../worker/langevin/scenes/samplers.ts";
import { ratios, row, run, start } from "./results.ts";

const NAMES = samplers.planes.map((caption) => caption.split(":")[0]);
/** Until the particles have come to rest; the chart's runs come after. */
const drawn = (values: Readonly<Record<string, string>>) => run(start(samplers, values), Number(values.evaluations));

const by = (numbers: readonly number[]) => Object.fromEntries(NAMES.map((name, i) => [name, numbers[i]]));

describe("samplers side by side", () => {
  it("all reach the target distribution with many evaluations", () => {
    const simulation = drawn({ evaluations: "512", particles: "1000" });
    for (const [name, ratio] of Object.entries(by(ratios(simulation)))) expect(ratio, name).toBeLessThan(2);
    expect(by(row(simulation, "Evaluations"))).toEqual({ ald: 510, kinetic: 512, flow: 512, heun: 511, langevin: 512, "few-step": 6 });
  });

  it("differ with few evaluations", () => {
    const { ald, kinetic, flow, langevin, "few-step": few } = by(ratios(drawn({ evaluations: "16" })));
    expect(ald).toBeGreaterThan(10);
    expect(kinetic).toBeLessThan(ald!);
    expect(langevin).toBeLessThan(flow!);
    expect(langevin).toBeLessThan(2);
    expect(few).toBeLessThan(2);
  });

  it("draw the chart from their own runs, down to the target distribution", () => {
    const simulation = run(start(samplers, { evaluations: "4" }), 700);
    const { lines } = simulation.charts()[0];
    for (const [i, name] of NAMES.entries()) {
      const line = lines[i];
      expect(line.length, name).toBe(name === "few-step" ? 1 : 6);
      expect(line.map(([evaluations]) => evaluations)).toEqual(line.map(([evaluations]) => evaluations).sort((a, b) => a - b));
    }
    const nearest = by(lines.slice(0, -1).map((line) => line.at(-1)![1] / lines.at(-1)![0][1]));
    for (const name of ["kinetic", "flow", "heun", "langevin", "few-step"]) expect(nearest[name], name).toBeLessThan(2);
    expect(nearest.ald).toBeGreaterThan(4);
  });
});
