/** What a run may spend beside its training, and the recipes by their time. */
import { describe, expect, it } from "vitest";
import { chooseBackend } from "../../../training/backend/index.ts";
import { imagesOf } from "../../../training/course/presets.ts";
import { reportsOf, TRAINING_EVALUATIONS } from "../../../training/course/reports.ts";
import { SAMPLING_DEFAULTS } from "../../../training/course/start.ts";
import { DEFAULT_SETTINGS } from "../../../training/data/conversion.ts";
import type { Dataset } from "../../../training/data/dataset.ts";
import { RECIPE } from "../../../training/learning/recipe.ts";
import { memorySplit } from "../../../training/network/split.ts";
import type { RunConfig } from "../../../training/train/config.ts";
import { describePlan, evaluationsBeside, steadySeconds } from "../../../training/train/plan.ts";
import { SMALL, TINY } from "../../support/random-model.ts";

const run = (images: number) => ({ images, spec: SMALL, sampling: SAMPLING_DEFAULTS });

describe("the time of a step", () => {
  it("is the median of the steps after the first ones, which compile", async () => {
    const durations = [9000, 3000, 400, 900, 500];
    let clock = 0;
    const step = async () => {
      clock += durations.shift() ?? Number.NaN;
    };
    expect(await steadySeconds(step, () => clock)).toBe(0.5);
    expect(durations).toEqual([]);
  });
});

describe("the plan of a run that learns guidance", () => {
  const classes = 3;
  const split = memorySplit(new Uint8Array(6 * 64), [0, 1, 2, 0, 1, 2]);
  const dataset: Dataset = {
    ...{ name: "x", folder: "x", labels: ["a", "b", "c"], licence: "unknown", train: split, test: split },
    ...{ height: 8, width: 8, channels: 1, notes: [], details: [], pictures: DEFAULT_SETTINGS },
  };
  const config = (weight: number): RunConfig => ({
    ...{ data: "x", dataLicence: "unknown", labels: dataset.labels, network: "tiny", spec: { ...TINY, classes }, seed: "s" },
    ...{ recipe: { ...RECIPE, guidance: { weight, sigmaMax: 1, share: 0.3 } }, learningRate: 0.01 },
    ...{ images: 1_000_000_000, imagesBefore: 0, batch: 2, steps: 500_000_000 },
    ...{ dataSha256: "", command: "", processors: [], sampling: SAMPLING_DEFAULTS },
  });

  it("counts one pass more for its images", async () => {
    const backend = await chooseBackend("wasm");
    const planned = (weight: number) => describePlan(backend, { config: config(weight), dataset, state: { step: 0 } });
    const tera = (plan: string): number => Number(/^cost: ([\d.]+) T/m.exec(plan)?.[1]);
    expect(tera(await planned(2)) / tera(await planned(1))).toBeCloseTo(1 + 0.3 / 3, 2);
  });
});

describe("reports", () => {
  it("are twenty of 500 test images in a long run, the last one of all", () => {
    expect(reportsOf(run(2_000_000), 10_000)).toEqual({ count: 20, images: 500, lastImages: 10_000 });
  });

  it("are fewer in a short run, whose last report takes a tenth of the training's cost", () => {
    expect(reportsOf(run(88_000), 10_000)).toEqual({ count: 5, images: 500, lastImages: 3300 });
    expect(reportsOf(run(16), 10_000)).toEqual({ count: 1, images: 500, lastImages: 500 });
    expect(reportsOf(run(16), 3)).toEqual({ count: 1, images: 3, lastImages: 3 });
  });
});

it("--images bounds everything: the rest costs at most a fifth of the training, except for the smallest report", () => {
  for (const images of [20_000, 88_000, 500_000, 2_000_000, 20_000_000])
    expect(evaluationsBeside(run(images), 10_000), String(images)).toBeLessThanOrEqual(2.01 * 0.1 * TRAINING_EVALUATIONS * images);
});

it.each([
  ["quick", 100, true, 18_000],
  ["quick", 2000, true, 20_000],
  ["default", 300, true, 48_000],
  ["default", 2000, true, 120_000],
  ["best", 100_000, true, 1_400_000],
  ["best", 300, false, 1_400_000],
] as const)("%s, %i pictures, from weights: %s", (preset, pictures, startsFromWeights, images) => {
  expect(imagesOf(preset, pictures, startsFromWeights)).toBe(images);
});
