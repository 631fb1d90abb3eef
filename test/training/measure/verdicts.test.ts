/** How often a run's verdicts are false: where nothing differs, a difference may be named as seldom as two standard errors are exceeded. */
import { describe, expect, it } from "vitest";
import { RECIPE } from "../../../training/learning/recipe.ts";
import type { LogEntry } from "../../../training/learning/reports.ts";
import { closestOf } from "../../../training/measure/memorization.ts";
import type { HeldOut } from "../../../training/network/held-out.ts";
import { meanOf, standardError } from "../../../training/network/standard-error.ts";
import { describeGap, describeNeed } from "../../../training/run/end.ts";
import { normalValues } from "../../support/random-numbers.ts";

const RUNS = 400;

/** Log-normal values with a median of one, in runs of their own. */
const values = (name: string, run: number, count: number, spread: number): number[] =>
  Array.from(normalValues(name, count, run), (value) => Math.exp(spread * value));

const rateOf = (isNamed: (run: number) => boolean): number =>
  Array.from({ length: RUNS }, (_, run) => isNamed(run)).filter((named) => named).length / RUNS;

describe("that it learns images by heart", () => {
  /** Losses of images differ by about a half. */
  const SPREAD = 0.5;
  const lossOf = (losses: readonly number[]): HeldOut => ({
    levels: [{ sigma: 1, loss: meanOf(losses) }],
    error: standardError(losses.map((loss) => loss / meanOf(losses))),
  });
  const pair = (run: number, images: number, times = 1) => [
    values("held out", run, images, SPREAD).map((loss) => times * loss),
    values("seen", run, images, SPREAD),
  ];
  const isNamed = (run: number, images: number, times?: number): boolean => {
    const [heldOut, seen] = pair(run, images, times).map(lossOf);
    return describeGap(heldOut, seen, images).includes("by heart");
  };

  it("is false in one of forty runs with five images, and shows if it is true", () => {
    expect(rateOf((run) => isNamed(run, 5))).toBeLessThan(0.04);
    expect(rateOf((run) => isNamed(run, 5, 4))).toBeGreaterThan(0.9);
    expect(rateOf((run) => isNamed(run, 50, 1.6))).toBeGreaterThan(0.9);
  });

  it("is left open where images are too few, and denied where losses are alike", () => {
    const loss = (mean: number, error: number): HeldOut => ({ levels: [{ sigma: 1, loss: mean }], error });
    expect(describeGap(loss(1.5, 0.3), loss(1, 0.3), 5)).toBe(
      "5 held-out images are too few to tell whether it denoises those that it learned from better (mean loss 1.500, and 1.000 on those).",
    );
    expect(describeGap(loss(1.5, Number.POSITIVE_INFINITY), loss(1, Number.POSITIVE_INFINITY), 1)).toMatch(/^1 held-out image is too few /);
    expect(describeGap(loss(1.1, 0.001), loss(1, 0.001), 500)).toMatch(/^It denoises images that it never saw about as well as /);
  });
});

describe("that a class is copied", () => {
  /** Distances to the nearest image differ by about a third. */
  const SPREAD = 0.35;
  const OF_CLASS = 16;
  const classesOf = (run: number, count: number) =>
    Array.from({ length: count }, (_, k) => ({
      label: `${k}`,
      own: values("own", run * count + k, OF_CLASS, SPREAD),
      real: values("real", run * count + k, OF_CLASS, SPREAD),
    }));

  it.each([1, 10, 64])("of %i classes is false in one of forty runs", (count) => {
    expect(rateOf((run) => closestOf(classesOf(run, count)) !== undefined)).toBeLessThan(0.04);
  });

  it("shows in one class of 64 if three in four of its images are copies", () => {
    const copied = rateOf((run) => {
      const classes = classesOf(run, 64);
      const own = classes[7].own.map((distance, i) => (i % 4 === 0 ? distance : 0));
      return closestOf(classes.with(7, { ...classes[7], own }))?.label === "7";
    });
    expect(copied).toBeGreaterThan(0.7);
  });
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
