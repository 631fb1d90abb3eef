import { describe, expect, it } from "vitest";
import {
  createSampler,
  evaluations,
  guidedDenoiser,
  runSampler,
  type Step,
  scheduleOf,
  withRequestedGrid,
} from "../../../wasm-model/sampling/index.ts";
import { karrasSigmas, langevin } from "../../../wasm-model/sampling/samplers.ts";
import { SAMPLERS, type SamplingSettings } from "../../../wasm-model/sampling/settings.ts";
import { cardOf, TINY } from "../../support/random-model.ts";
import { drive, gaussianDenoiser, seededNoise, steadySchedule } from "./closed-form.ts";

const sampling: SamplingSettings = { ...cardOf(TINY).sampling, steps: 8, stepsPerLevel: 16 };
const batch = { images: 2, imageSize: 3, noise: seededNoise("a", "b") };
const denoise = gaussianDenoiser(-0.2, 0.4);

describe("createSampler", () => {
  describe.each(SAMPLERS)("%s", (sampler) => {
    it.each([1, 2, 6])("takes as many evaluations as stated, at %i levels", (steps) => {
      let count = 0;
      const images = drive(createSampler(sampler, steps, sampling, batch), denoise, ({ x, sigma, level }) => {
        count++;
        expect(x).toHaveLength(6);
        expect(sigma).toBeGreaterThan(0);
        expect(level).toBeLessThan(steps);
      });
      expect(count).toBe(evaluations(sampler, steps, sampling));
      expect(images).toHaveLength(6);
      expect(images.every(Number.isFinite)).toBe(true);
    });
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
  });

  it("begins the grid at the start of the card, whatever a request asks, and leaves schedules and other samplers alone", () => {
    const start = { sigmaMax: 4, ...{ squares: 1, spread: 1, extrapolation: 1, means: [[0]], factor: [1] } };
    const schedule = { sigmas: [15, 2], churn: [1], extrapolation: [1.7] };
    const started = { ...sampling, start, schedules: [schedule] };
    const grid = { start, ...steadySchedule(karrasSigmas({ ...sampling, steps: 3, sigmaMax: 4 }), 0.85, 1) };
    expect(scheduleOf({ ...withRequestedGrid(started, { extrapolation: 1 }), steps: 3 })).toEqual(grid);
    expect(scheduleOf({ ...started, steps: 2 })).toEqual(schedule);
    const drawn = (settings: SamplingSettings) => drive(createSampler("heun", 3, settings, batch), denoise);
    expect(drawn(started)).toEqual(drawn(sampling));
  });
});

describe("guided", () => {
  /** What a network says of x: x / (1 + sigma) plus ten times the class, nothing for none. */
  function network() {
    let calls = 0;
    const denoise = (x: Float32Array, sigma: number, labels: Float32Array): Float32Array => {
      calls++;
      const shift = 10 * labels.indexOf(1);
      return x.map((value) => value / (1 + sigma) + Math.max(0, shift));
    };
    return { denoise, calls: () => calls };
  }

  const x = Float32Array.from([2, -4]);
  const labels = Float32Array.from([0, 0, 1]);

  it.each([
    [0, [1, -2]],
    [0.5, [11, 8]],
    [3, [61, 58]],
  ])("is D_uncond + %d (D_cond - D_uncond), from two evaluations", async (weight, expected) => {
    const { denoise, calls } = network();
    expect([...(await guidedDenoiser(denoise, weight)(x, 1, labels))]).toEqual(expected);
    expect(calls()).toBe(2);
    const asynchronous = guidedDenoiser(async (...input) => denoise(...input), weight);
    expect([...(await asynchronous(x, 1, labels))]).toEqual(expected);
  });

  it("is the denoiser itself at 1", () => {
    const { denoise } = network();
    expect(guidedDenoiser(denoise, 1)).toBe(denoise);
  });
});

it("runSampler reports every step and waits for its listener", async () => {
  const sigmas = [4, 2, 1, 0.5];
  const sampler = langevin({ images: 1, imageSize: 3, noise: seededNoise("run"), ...steadySchedule(sigmas, 0.5, 1.5) });
  const denoise = (x: Float32Array, sigma: number) => x.map((value) => value / (1 + sigma));
  const steps: Pick<Step, "evaluations" | "level" | "sigma">[] = [];
  let last = new Float32Array();
  const images = await runSampler(sampler, denoise, {
    onStep: async ({ evaluations, level, sigma, x, denoised }) => {
      expect(denoised).toEqual(denoise(x, sigma));
      await Promise.resolve();
      steps.push({ evaluations, level, sigma });
      last = denoised.slice();
    },
  });
  expect(steps).toEqual(sigmas.map((sigma, level) => ({ evaluations: level + 1, level, sigma })));
  expect(last).toEqual(images);
});
