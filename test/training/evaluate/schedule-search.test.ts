import { describe, expect, it } from "vitest";
import { drawnBy, numbersOf, scheduleFrom } from "../../../training/evaluate/schedule-search.ts";
import { drawSettings } from "../../../training/evaluate/settings.ts";
import { cardOf, TINY } from "../../support/random-model.ts";

describe("the free numbers of a schedule", () => {
  it.each([
    ["four steps", { sigmas: [23.155, 4.799, 0.90718, 0.22232], churn: [0.76653, 0, 1], extrapolation: [1.7243, 1.8844, 1.1403] }],
    ["two steps", { sigmas: [20, 0.5], churn: [0.5], extrapolation: [1] }],
  ])("give it back, to five digits: %s", (_, schedule) => {
    expect(numbersOf(schedule)).toHaveLength(3 * schedule.sigmas.length - 2);
    const { sigmas, churn, extrapolation } = scheduleFrom(numbersOf(schedule));
    expect(sigmas).toEqual(schedule.sigmas);
    expect(extrapolation).toEqual(schedule.extrapolation);
    // At the edges of churn, where the logit would be infinite, to one in a hundred.
    churn.forEach((value, i) => {
      expect(Math.abs(value - schedule.churn[i])).toBeLessThan(0.011);
    });
  });

  it("make a schedule that a card may hold, whatever they are", () => {
    const card = cardOf(TINY);
    for (const value of [-50, -10, 0, 2]) {
      const schedule = scheduleFrom([3, value, value, ...Array<number>(4).fill(value)]);
      expect(drawSettings(card, drawnBy(schedule)).sampling.schedules).toEqual([schedule]);
    }
  });
});
