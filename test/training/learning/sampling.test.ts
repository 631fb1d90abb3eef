import { describe, expect, it } from "vitest";
import { SAMPLING_DEFAULTS, samplingFrom, youngSampling } from "../../../training/learning/sampling.ts";
import { memorySplit } from "../../../training/network/split.ts";
import type { SamplingSettings } from "../../../wasm-model/sampling/settings.ts";
import { cardOf, TINY } from "../../support/random-model.ts";

describe("samplingFrom", () => {
  const card = { ...cardOf(TINY), labels: ["ape", "bee", "cow"] };
  const schedule = { sigmas: [20, 1], churn: [0.5], extrapolation: [1.5] };
  const fitted = { squares: 1, means: [[0], [0], [0]], factor: [1] };
  const start = { spread: 1.2, extrapolation: 1.3, ...fitted };
  const pictures = memorySplit(new Uint8Array(2 * TINY.height * TINY.width), [0, 1]);
  const of = (changes: Partial<SamplingSettings>, labels = ["ape", "dog"]) =>
    samplingFrom({ ...card, sampling: { ...card.sampling, ...changes } }, labels, pictures, { spec: { ...TINY, classes: labels.length } });

  it("takes the model's settings with its schedules", () => {
    expect(of({ steps: 2, schedules: [schedule] })).toEqual({ ...card.sampling, steps: 2, schedules: [schedule] });
    expect(of({})).toEqual(card.sampling);
  });

  it("leaves out schedules that start from the colours of other classes", () => {
    const schedules = [{ ...schedule, start }];
    expect(of({ schedules }, ["ape", "bee", "cow"]).schedules).toEqual(schedules);
    expect(of({ schedules })).toEqual(card.sampling);
  });

  it("lets images start from the colours of these pictures, unless there are too many classes for a card", () => {
    const means = [-1, -1].map((black) => Array.from({ length: 16 }, () => black));
    const changed = of({ steps: 2, start: { sigmaMax: 5, ...start } });
    expect(changed).toMatchObject({ steps: 2, start: { sigmaMax: 5, spread: 1.2, extrapolation: 1.3, squares: 4, means } });
    const many = Array.from({ length: 257 }, (_, k) => `${k}`);
    expect(of({ start: { sigmaMax: 5, ...start } }, many)).toEqual(card.sampling);
  });
});

describe("youngSampling", () => {
  const pictures = memorySplit(new Uint8Array(TINY.height * TINY.width), [0]);

  it.each([
    [16, 14],
    [24, 12],
    [32, 7],
    [64, 7],
  ])("draws pixel art of %d pixels at %d noise levels", (size, steps) => {
    const square = memorySplit(new Uint8Array(size * size), [0]);
    expect(youngSampling(square, { spec: { ...TINY, height: size, width: size } }, true).steps).toBe(steps);
  });

  it("has no start for more classes than a card may describe", () => {
    expect(youngSampling(pictures, { spec: { ...TINY, classes: 256 } }, false).start?.means).toHaveLength(256);
    expect(youngSampling(pictures, { spec: { ...TINY, classes: 257 } }, false)).toEqual(SAMPLING_DEFAULTS);
  });
});
