import { describe, expect, it } from "vitest";
import { RECIPE } from "../../../training/learning/recipe.ts";
import { bestReport, fellUntil, isOver, type LogEntry } from "../../../training/learning/reports.ts";

describe("a run's end", () => {
  const reports = (...losses: number[]): LogEntry[] => losses.map((loss, i) => ({ step: i + 1, heldOut: [{ sigma: 1, loss }] }));
  const length = { steps: 100, recipe: RECIPE };

  it("is its last step, or the fifth report after the best one", () => {
    expect(isOver(reports(), length)).toBe(false);
    expect(isOver(reports(3, 2, 1, 4, 4, 4, 4), length)).toBe(false);
    expect(isOver(reports(3, 2, 1, 4, 4, 4, 4, 4), length)).toBe(true);
    expect(isOver(reports(3, 2, 1), { ...length, steps: 3 })).toBe(true);
    expect(bestReport(reports(3, 2, 1, 4, 1), length)?.step).toBe(3);
  });

  it("is its last step once it learns guidance, which raises the loss on purpose", () => {
    const guided = { steps: 10, recipe: { ...RECIPE, guidance: { weight: 2, sigmaMax: 1, share: 0.4 } } };
    const log = reports(1, 2, 2, 2, 2, 2, 3, 4, 5);
    expect(isOver(log.slice(0, 6), guided)).toBe(true);
    expect(isOver(log, guided)).toBe(false);
    expect(bestReport(log, guided)?.step).toBe(9);
    expect(bestReport(log.slice(0, 6), guided)?.step).toBe(1);
  });

  it("tells until when the loss fell, guidance apart", () => {
    const guided = { steps: 10, recipe: { ...RECIPE, guidance: { weight: 2, sigmaMax: 1, share: 0.4 } } };
    expect(fellUntil(reports(3, 2, 1, 4, 4), length)).toBe(3);
    expect(fellUntil(reports(5, 4, 3, 2, 1), length)).toBeUndefined();
    expect(fellUntil(reports(6, 5, 4, 3, 2, 1, 5, 5, 5, 5), guided)).toBeUndefined();
  });
});
