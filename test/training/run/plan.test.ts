/** What a run may spend, and what its log shows. */
import { expect, it } from "vitest";
import { plannedImages } from "../../../training/learning/defaults.ts";
import { imagesWithin } from "../../../training/learning/learn.ts";
import { RECIPE } from "../../../training/learning/recipe.ts";
import { coolDownWithin, evaluationsBeside, type LogEntry, reportsOf, TRAINING_EVALUATIONS } from "../../../training/learning/reports.ts";
import { timeAndPlace } from "../../../training/run/end.ts";

it.each([
  [2_000_000, 10_000, { count: 20, images: 500, draws: 1 }], // a long run
  [88_000, 10_000, { count: 12, images: 275, draws: 1 }], // fewer images in a shorter one
  [16, 10_000, { count: 8, images: 32, draws: 1 }], // never fewer reports
  [16, 3, { count: 8, images: 3, draws: 1 }],
  [2_000_000, 30, { count: 20, images: 30, draws: 16 }], // noise for each image of a small set
  [88_000, 30, { count: 12, images: 30, draws: 9 }], // as often as twelve reports can pay
])("a run of %i images with %i held-out ones has reports of %j", (images, heldOut, expected) => {
  expect(reportsOf({ images }, heldOut)).toEqual(expected);
});

it.each([
  ["a step of .096 s and a report of 275 x 8 evaluations, of .001 s each", 0.096, 88_000, 1, 85],
  ["the same with guidance, which is an evaluation more", 0.096, 88_000, 1.8, 63],
  ["ten times slower", 0.96, 16, 1, 8],
  ["a report that takes longer alone", 0.96, 88_000, 1, -9],
])("a run that is stopped cools down in as many steps as fit 12 seconds: %s", (_, secondsPerStep, images, weight, steps) => {
  const recipe = { ...RECIPE, guidance: { ...RECIPE.guidance, weight } };
  expect(coolDownWithin(12, secondsPerStep, { images, batch: 32, recipe }, 10_000)).toBe(steps);
});

it("--images bounds everything: the rest costs at most a fifth of the training, except for the smallest reports", () => {
  for (const images of [30_000, 88_000, 500_000, 2_000_000, 20_000_000]) {
    for (const heldOut of [10, 30, 300, 10_000])
      expect(evaluationsBeside({ images }, heldOut, 10_000), String(images)).toBeLessThanOrEqual(
        2.01 * 0.1 * TRAINING_EVALUATIONS * images,
      );
  }
});

it.each([
  [300, 0.19, 1, 50_000], // 50 526
  [300, 0.19, 1.8, 43_000], // half of the steps take a third longer
  [240, 0.021, 1, 360_000],
  [1, 0.19, 1, 3000], // never fewer
])("%i seconds, at %d s a step, with guidance %d, are %i images", (seconds, secondsPerStep, weight, images) => {
  const recipe = { ...RECIPE, guidance: { ...RECIPE.guidance, weight } };
  expect(imagesWithin(seconds, secondsPerStep, { batch: 32, recipe, steps: 1000 })).toBe(images);
});

it.each([
  [300, true, "somewhat", 72_000],
  [250, true, "little", 60_500],
  [300, true, "much", 15_000],
  [2000, true, "somewhat", 150_000],
  [300, false, "much", 150_000],
  [200, true, "pixel art", 64_000],
] as const)("%i pictures, from weights: %s, %s alike", (pictures, startsFromWeights, likeness, images) => {
  expect(plannedImages(pictures, startsFromWeights, likeness)).toBe(images);
});

const line = (step: number, imagesPerSecond: number, loss = 1): LogEntry => ({ step, loss, learningRate: 0.01, imagesPerSecond });
const report: LogEntry = { step: 75, heldOut: [{ sigma: 1, loss: 0.296188 }] };

it("the training time is the sum over the windows of the log, however long each one is", () => {
  expect(timeAndPlace([line(50, 100), report, line(100, 50), line(110, 10)], { batch: 10 })).toMatch(/^ in 25 s on /);
  expect(timeAndPlace([report], { batch: 10 })).toMatch(/^ on /);
});
