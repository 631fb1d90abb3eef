import { describe, expect, it } from "vitest";
import { valueNow } from "../../../worker/langevin/readings.ts";
import { samplers } from "../../../worker/langevin/scenes/samplers.ts";
import { run, start } from "../../support/simulation.ts";
import { ratios, row } from "./results.ts";

const NAMES = samplers.planes.map((caption) => caption.split(":")[0]);
/** Until the particles have come to rest; the chart's runs come after. */
const drawn = (values: Readonly<Record<string, string>>) => run(start(samplers, values), Number(values.evaluations));

const by = (numbers: readonly number[]) => Object.fromEntries(NAMES.map((name, i) => [name, numbers[i]]));

describe("samplers side by side", () => {
  it("all reach the target distribution with many evaluations", () => {
    const simulation = drawn({ evaluations: "512", particles: "1000" });
    for (const [name, ratio] of Object.entries(by(ratios(simulation)))) expect(ratio, name).toBeLessThan(2);
    expect(by(row(simulation, "Evaluations"))).toEqual({ ald: 510, heun: 511, langevin: 512 });
  });

  it("differ with few evaluations", () => {
    const { ald, heun, langevin } = by(ratios(drawn({ evaluations: "16" })));
    expect(ald).toBeGreaterThan(10);
    for (const near of [heun, langevin]) expect(near).toBeLessThan(2);
  });

  it("have beside the chart, which goes on to other numbers of evaluations, the distances of the run in sight", () => {
    const simulation = run(drawn({ evaluations: "16", particles: "500" }), 200);
    const lines = simulation.charts()[0].lines.slice(0, -1);
    expect(lines.map(({ points }) => points.at(-1)![0]).every((evaluations) => evaluations > 16)).toBe(true);
    expect(lines.map(valueNow)).toEqual(row(simulation, "Distance to"));
  });
});
