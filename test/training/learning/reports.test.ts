import { describe, expect, it } from "vitest";
import { RECIPE } from "../../../training/learning/recipe.ts";
import { bestReport, coolDownAfter, fellUntil, isOver, type LogEntry, mustCoolDown } from "../../../training/learning/reports.ts";

const reports = (...losses: number[]): LogEntry[] => losses.map((loss, i) => ({ step: i + 1, heldOut: [{ sigma: 1, loss }] }));
const length = { steps: 100, recipe: RECIPE };

describe("a run's cool-down", () => {
  it("begins after half of the plan, or with the fifth report after the best one, and once", () => {
    expect(mustCoolDown([], length)).toBe(false);
    expect(mustCoolDown(reports(3, 2, 1, 4, 4, 4, 4), length)).toBe(false);
    expect(mustCoolDown(reports(3, 2, 1, 4, 4, 4, 4, 4), length)).toBe(true);
    expect(mustCoolDown(reports(3, 2, 1, 4, 4), { ...length, steps: 10 })).toBe(true);
    expect(mustCoolDown(reports(3, 2, 1, 4), { ...length, steps: 10 })).toBe(false);
    expect(mustCoolDown(reports(3, 2, 1), { ...length, steps: 3 })).toBe(false); // nothing is left of the plan
    expect(mustCoolDown([...reports(3, 2, 1, 4, 4, 4, 4, 4), { step: 8, coolDown: 4 }], length)).toBe(false);
  });

  it("begins after half for pixel art, with the last weights, though the loss has long risen", () => {
    const sprites = { ...length, palette: ["000000", "ffffff"] };
    const rising = reports(...Array.from({ length: 50 }, (_, i) => i));
    expect([49, 50].map((done) => mustCoolDown(rising.slice(0, done), sprites))).toEqual([false, true]);
    expect(bestReport(rising, sprites)?.step).toBe(50);
  });

  it("takes as many steps as there were before it, within the plan", () => {
    expect([50, 8, 90, 100].map((step) => coolDownAfter(step, length))).toEqual([50, 8, 10, 0]);
  });

  it("ends the run with its last report, whose weights are the run's, though its loss may be higher", () => {
    const log = [...reports(3, 2, 1), { step: 3, coolDown: 2 }];
    expect(isOver(log, length)).toBe(false);
    expect(bestReport(log, {})?.step).toBe(3);
    const ended: LogEntry[] = [...log, { step: 5, heldOut: [{ sigma: 1, loss: 4 }] }];
    expect(isOver(ended, length)).toBe(true);
    expect(bestReport(ended, {})?.step).toBe(5);
  });
});

it("until it cools down, the weights with the lowest loss are the best", () => {
  expect(bestReport(reports(3, 2, 1, 4, 1), {})?.step).toBe(3);
});

it("tells until when the loss fell, the cool-down apart", () => {
  expect(fellUntil(reports(3, 2, 1, 4, 4))).toBe(3);
  expect(fellUntil(reports(5, 4, 3, 2, 1))).toBeUndefined();
  expect(fellUntil([...reports(6, 5, 4, 3, 2, 1, 5, 5, 5, 5), { step: 6, coolDown: 4 }])).toBeUndefined();
});
