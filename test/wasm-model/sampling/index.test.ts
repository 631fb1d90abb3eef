import { describe, expect, it } from "vitest";
import { createSampler, evaluationSigmas, evaluations, scheduleOf, withRequestedGrid } from "../../../wasm-model/sampling/index.ts";
import { ald, geometricSigmas, heun, karrasSigmas, langevin } from "../../../wasm-model/sampling/samplers.ts";
import { SAMPLERS, type SamplingSettings } from "../../../wasm-model/sampling/settings.ts";
import { cardOf, TINY } from "../../support/random-model.ts";
import { drive, gaussianDenoiser, seededNoise, steadySchedule } from "./closed-form.ts";

const sampling: SamplingSettings = { ...cardOf(TINY).sampling, steps: 8, stepsPerLevel: 16 };
const batch = { images: 2, imageSize: 3, noise: seededNoise("a", "b") };
const denoise = gaussianDenoiser(-0.2, 0.4);

describe("createSampler", () => {
  describe.each(SAMPLERS)("%s", (sampler) => {
    it.each([1, 2, 6])("takes as many evaluations as stated, at %i levels", (steps) => {
      const levels: number[] = [];
      const images = drive(createSampler(sampler, steps, sampling, batch), denoise, ({ x, sigma, level }) => {
        levels.push(sigma);
        expect(x).toHaveLength(6);
        expect(sigma).toBeGreaterThan(0);
        expect(level).toBeLessThan(steps);
      });
      expect(levels).toHaveLength(evaluations(sampler, steps, sampling));
      expect(levels).toEqual(evaluationSigmas(sampler, steps, sampling));
      expect(images).toHaveLength(6);
      expect(images.every(Number.isFinite)).toBe(true);
    });
  });

  it("passes the card's settings on", () => {
    const range = { steps: 5, sigmaMin: 0.05, sigmaMax: 20 };
    const byName = (name: (typeof SAMPLERS)[number]) => drive(createSampler(name, 5, sampling, batch), denoise);
    const sigmas = karrasSigmas({ ...range, rho: 7 });
    expect(byName("langevin")).toEqual(drive(langevin({ ...batch, ...steadySchedule(sigmas, 0.85, 1.5) }), denoise));
    const published = { ...batch, sigmas: geometricSigmas(range), stepsPerLevel: 16, epsilon: 0.2 * 0.05 * 0.05 };
    expect(byName("ald")).toEqual(drive(ald(published), denoise));
    expect(byName("heun")).toEqual(drive(heun({ ...batch, sigmas }), denoise));
  });

  it("uses a schedule of this many steps in place of the grid, unless a request sets churn or extrapolation", () => {
    const schedule = { sigmas: [15, 2, 0.1], churn: [1, 0.4], extrapolation: [1.7, 1.1] };
    const tuned = { ...sampling, schedules: [schedule] };
    expect(scheduleOf({ ...tuned, steps: 3 })).toBe(schedule);
    expect(scheduleOf({ ...tuned, steps: 4 })).toEqual(scheduleOf({ ...sampling, steps: 4 }));
    expect(drive(createSampler("langevin", 3, tuned, batch), denoise)).toEqual(drive(langevin({ ...batch, ...schedule }), denoise));
    const sigmas = karrasSigmas({ ...sampling, steps: 3 });
    expect(scheduleOf({ ...withRequestedGrid(tuned, { churn: 0 }), steps: 3 })).toEqual(steadySchedule(sigmas, 0, 1.5));
    expect(scheduleOf({ ...withRequestedGrid(tuned, { extrapolation: 1 }), steps: 3 })).toEqual(steadySchedule(sigmas, 0.85, 1));
    expect(scheduleOf({ ...withRequestedGrid({ ...tuned, churn: [0.9, 0.4] }, { extrapolation: 1 }), steps: 3 }).churn).toEqual([0.9, 0.4]); // a ramp
    expect(withRequestedGrid(tuned, {})).toBe(tuned);
    expect(evaluationSigmas("langevin", 3, tuned)).toEqual(schedule.sigmas);
  });

  it("begins the grid at the start of the card, whatever a request asks, and leaves schedules and other samplers alone", () => {
    const start = { sigmaMax: 4, ...{ squares: 1, spread: 1, extrapolation: 1, means: [[0]], factor: [1] } };
    const schedule = { sigmas: [15, 2], churn: [1], extrapolation: [1.7] };
    const started = { ...sampling, start, schedules: [schedule] };
    const grid = { start, ...steadySchedule(karrasSigmas({ ...sampling, steps: 3, sigmaMax: 4 }), 0.85, 1) };
    expect(scheduleOf({ ...withRequestedGrid(started, { extrapolation: 1 }), steps: 3 })).toEqual(grid);
    expect(scheduleOf({ ...started, steps: 2 })).toEqual(schedule);
    expect(evaluationSigmas("heun", 3, started)).toEqual(evaluationSigmas("heun", 3, sampling));
  });
});
