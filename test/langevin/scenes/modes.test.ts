import { expect, it } from "vitest";
import { LESSONS } from "../../../worker/langevin/lessons.ts";
import { modes } from "../../../worker/langevin/scenes/modes.ts";
import { run, start } from "../../support/simulation.ts";
import { ratios, row } from "./results.ts";

it.each(["left", "spread"])("two modes: from the start %s: plain Langevin gets the weights wrong, annealed gets them right", (from) => {
  const simulation = run(start(modes, { start: from }));
  const [plain, annealed] = ratios(simulation);
  expect(annealed).toBeLessThan(2);
  expect(plain).toBeGreaterThan(4);
  const [plainShare, annealedShare] = row(simulation, "Weight of the right half");
  const [target] = row(simulation, "In the target");
  expect(Math.abs(annealedShare! - target!)).toBeLessThan(0.04);
  const key = `${(100 * target!).toFixed(1)} % belong there, and some ${(100 * annealedShare!).toFixed(0)} %`;
  if (from === "left") expect(LESSONS[2].tasks[1].answer).toContain(key);
  expect(Math.abs(plainShare! - target!)).toBeGreaterThan(0.15);
});
