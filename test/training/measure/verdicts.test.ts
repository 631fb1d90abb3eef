/** How often a run's verdicts are false: where nothing differs, a difference is named in less than one run of 25. */
import { describe, expect, it } from "vitest";
import { RECIPE } from "../../../training/learning/recipe.ts";
import type { LogEntry } from "../../../training/learning/reports.ts";
import { describeGap } from "../../../training/measure/findings.ts";
import { closestOf } from "../../../training/measure/memorization.ts";
import { meanOf } from "../../../training/network/held-out.ts";
import { describeNeed } from "../../../training/run/end.ts";
import { normalValues } from "../../support/random-numbers.ts";

const RUNS = 400;

/** Log-normal values with a median of one, in runs of their own. */
const values = (name: string, run: number, count: number, spread: number): number[] =>
  Array.from(normalValues(name, count, run), (value) => Math.exp(spread * value));

const rateOf = (isNamed: (run: number) => boolean): number =>
  Array.from({ length: RUNS }, (_, run) => isNamed(run)).filter((named) => named).length / RUNS;

describe("that it learns images by heart", () => {
  /** Losses of images differ by about a half. */
  const lossOf = (name: string, run: number, images: number, times = 1) => [
    { sigma: 1, loss: times * meanOf(values(name, run, images, 0.5)) },
  ];
  const isNamed = (run: number, images: number, times?: number): boolean =>
    describeGap(lossOf("held out", run, images, times), lossOf("seen", run, images), images).includes("by heart");

  it.each([5, 20, 40])("is false in one of 25 runs with %i images, and shows if it is true", (images) => {
    expect(rateOf((run) => isNamed(run, images))).toBeLessThan(0.04);
    expect(rateOf((run) => isNamed(run, images, 4))).toBeGreaterThan(0.9);
    expect(rateOf((run) => isNamed(run, 50, 1.6))).toBeGreaterThan(0.9);
  });

  it("is left open where images are too few, and denied where losses are alike", () => {
    const describe = (mean: number, images: number): string => describeGap([{ sigma: 1, loss: mean }], [{ sigma: 1, loss: 1 }], images);
    expect(describe(1.5, 5)).toBe(
      "5 held-out images are too few to tell whether it denoises those that it learned from better (mean loss 1.500, and 1.000 on those).",
    );
    expect(describe(1.5, 1)).toMatch(/^1 held-out image is too few /);
    expect(describe(1.1, 500)).toMatch(/^It denoises images that it never saw about as well as /);
  });
});

it("that a class is copied is false in one of 25 runs, and shows if three in four images of one are copies", () => {
  /** Distances to the nearest image differ by about a third. */
  const distances = (name: string, run: number, k: number, count: number) => values(name, 64 * run + k, count, 0.35);
  const classesOf = (run: number, real: number) =>
    Array.from({ length: 64 }, (_, k) => ({ label: `${k}`, own: distances("own", run, k, 16), real: distances("real", run, k, real) }));
  expect(rateOf((run) => closestOf(classesOf(run, 16)) !== undefined)).toBeLessThan(0.04);
  expect(rateOf((run) => closestOf(classesOf(run, 4)) !== undefined)).toBeLessThan(0.04);
  const copied = rateOf((run) => {
    const classes = classesOf(run, 16);
    const own = classes[7].own.map((distance, i) => (i % 4 === 0 ? distance : 0));
    return closestOf(classes.with(7, { ...classes[7], own }))?.label === "7";
  });
  expect(copied).toBeGreaterThan(0.9);
});

describe("what would help, and what the loss was", () => {
  const log = (...losses: number[]): LogEntry[] => [
    ...losses.map((loss, i) => ({ step: i + 1, heldOut: [{ sigma: 1, loss }] })),
    { step: losses.length - 1, coolDown: 1 },
  ];
  const guided = { batch: 10, recipe: { ...RECIPE, guidance: { weight: 1.8, sigmaMax: 4 } } };

  it.each([
    [
      guided,
      log(0.3, 0.277, 0.294),
      "was still falling before the cool-down, to 0.277; guidance and int8 rounding, which it learns then, raised it to 0.294: more time would help, and so would more images.",
    ],
    [{ ...guided, recipe: RECIPE }, log(0.3, 0.277, 0.278), "to 0.277; int8 rounding, which it learns then, raised it to 0.278: more"],
    [guided, log(0.3, 0.277, 0.27), "was still falling before the cool-down, to 0.277: more time would help"],
    [
      guided,
      log(0.3, 0.2, 0.21, 0.22, 0.23, 0.25),
      "fell until image 20 before the cool-down, to 0.200; guidance and int8 rounding, which it learns then, raised it to 0.250: more images, or images more alike, would help, and more time would not.",
    ],
  ])("is said by the log (%#)", (config, entries, words) => {
    expect(describeNeed(config, 100, entries)).toContain(words);
  });

  it("is more images where there are few", () => {
    expect(describeNeed(guided, 8, log(0.3, 0.2))).toBe("From 8 images it recombines rather than invents: more images would help most.");
  });
});
