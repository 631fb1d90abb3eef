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

  it("lets images start from the colours of these pictures", () => {
    const means = [-1, -1].map((black) => Array.from({ length: 16 }, () => black));
    const changed = of({ steps: 2, start: { sigmaMax: 5, ...start } });
    expect(changed).toMatchObject({ steps: 2, start: { sigmaMax: 5, spread: 1.2, extrapolation: 1.3, squares: 4, means } });
  });

  it("starts from more noise where pictures are larger than the model's", () => {
    const large = memorySplit(new Uint8Array(64 * 64), [0]);
    const frame = { spec: { ...TINY, height: 64, width: 64, classes: 1 } };
    const { sampling, ...others } = { ...card, sampling: { ...card.sampling, start: { sigmaMax: 5, ...start } } };
    expect(samplingFrom({ ...others, sampling }, ["ape"], large, frame).start?.sigmaMax).toBe(10);
  });

  it("takes those of a young network for weights without a card", () => {
    const frame = { spec: { ...TINY, classes: 2 } };
    const settings = samplingFrom({ ...card, sampling: SAMPLING_DEFAULTS }, ["ape", "dog"], pictures, frame);
    expect(settings).toEqual(youngSampling(pictures, frame));
  });
});

describe("youngSampling", () => {
  const pictures = (size: number) => memorySplit(new Uint8Array(size * size), [0]);
  const of = (size: number, palette?: readonly string[]) => {
    const { steps, start } = youngSampling(pictures(size), { spec: { ...TINY, height: size, width: size }, palette });
    return [steps, start?.sigmaMax];
  };

  it.each([
    [16, 14, 7, 8],
    [24, 12, 7, 8],
    [32, 7, 7, 8],
    [64, 7, 7, 16],
  ])("draws pixel art of %d pixels at %d noise levels, else %d, from %d", (size, pixelArt, plain, sigmaMax) => {
    expect([of(size, ["000000", "ffffff"]), of(size)]).toEqual([
      [pixelArt, sigmaMax],
      [plain, sigmaMax],
    ]);
  });
});
