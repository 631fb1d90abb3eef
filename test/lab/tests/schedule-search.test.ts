import { describe, expect, it } from "vitest";
import { memorySplit } from "../../../training/network/split.ts";
import { cardOf, TINY } from "../../support/random-model.ts";
import { gaussianStart } from "../gaussian-start.ts";
import { withSampling } from "../measuring.ts";
import { drawnBy, numbersOf, scalesOf, scheduleFrom, startingFrom } from "../schedule-search.ts";

const start = gaussianStart(memorySplit(new Uint8Array(5 * 64), new Uint8Array(5)), TINY);

describe("a schedule that is given a start", () => {
  it("begins lower, above all at its first level", () => {
    const { sigmas, ...given } = startingFrom(start, { sigmas: [20, 4, 0.5], churn: [0.5, 0.6], extrapolation: [1.5, 1] });
    expect(sigmas[0]).toBe(8);
    expect(sigmas[1]).toBeCloseTo(4 * 0.4 ** (8 / 27), 3);
    expect(sigmas[2]).toBeCloseTo(0.5 * 0.4 ** (1 / 27), 3);
    expect(given).toEqual({ churn: [0.5, 0.6], extrapolation: [1.5, 1], start: { ...start, spread: 1.2, extrapolation: 1.4 } });
  });

  it("keeps levels that are low enough, and the numbers of a start that it already has", () => {
    const schedule = { sigmas: [7, 1], churn: [0.5], extrapolation: [1], start: { ...start, spread: 0.7, extrapolation: 1.1 } };
    expect(startingFrom(start, schedule)).toEqual(schedule);
  });
});

describe("the free numbers of a schedule", () => {
  it.each([
    ["four steps", { sigmas: [23.155, 4.799, 0.90718, 0.22232], churn: [0.76653, 0, 1], extrapolation: [1.7243, 1.8844, 1.1403] }],
    ["two steps", { sigmas: [20, 0.5], churn: [0.5], extrapolation: [1] }],
  ])("give the schedule back, to five digits: %s", (_, schedule) => {
    expect(numbersOf(schedule)).toHaveLength(3 * schedule.sigmas.length - 2);
    const { sigmas, churn, extrapolation } = scheduleFrom(numbersOf(schedule));
    expect(sigmas).toEqual(schedule.sigmas);
    expect(extrapolation).toEqual(schedule.extrapolation);
    // At the edges of churn, where the logit would be infinite, to one in a hundred.
    churn.forEach((value, i) => {
      expect(Math.abs(value - schedule.churn[i])).toBeLessThan(0.011);
    });
  });

  it("end with the numbers of a start, and keep the rest of the start", () => {
    const schedule = { sigmas: [10, 0.5], churn: [0.5], extrapolation: [1.5], start: { ...start, spread: 1.25 } };
    expect(numbersOf(schedule).slice(-2)).toEqual([1, 1.25]);
    expect(scheduleFrom(numbersOf(schedule), start)).toEqual(schedule);
    expect(scheduleFrom([...numbersOf(schedule).slice(0, -1), -3], start).start).toEqual({ ...start, spread: 0 });
    const alone = { sigmas: [10], churn: [], extrapolation: [], start: { ...start, spread: 1.1 } };
    expect(scheduleFrom(numbersOf(alone), start)).toEqual(alone);
  });

  it("each have a scale, or a share of it for a finer search", () => {
    const schedule = { sigmas: [10, 2, 0.5], churn: [0.5, 0.5], extrapolation: [1.5, 1] };
    for (const one of [schedule, { ...schedule, start }]) {
      const scales = scalesOf(one, 1);
      expect(scales).toHaveLength(numbersOf(one).length);
      expect(scalesOf(one, 0.5)).toEqual(scales.map((scale) => scale / 2));
    }
  });

  it("make a schedule that a card accepts, whatever they are", () => {
    const model = { card: cardOf(TINY), denoiser: { denoise: (x: Float32Array) => x } };
    for (const value of [-50, -10, 0, 2]) {
      const schedule = scheduleFrom([3, value, value, ...Array<number>(4).fill(value)]);
      expect(withSampling(model, drawnBy(schedule)).card.sampling.schedules).toEqual([schedule]);
    }
  });
});
