import { describe, expect, it } from "vitest";
import { RECIPE } from "../../../training/learning/recipe.ts";
import { bestReport, fellUntil, isOver, type LogEntry } from "../../../training/learning/reports.ts";
import { lossCurve, trainingSeconds } from "../../../training/train/log.ts";

const LOG: LogEntry[] = [
  { step: 50, loss: 0.9, learningRate: 0.01, imagesPerSecond: 1 },
  { step: 100, loss: 0.4, learningRate: 0.01, imagesPerSecond: 1 },
  {
    step: 100,
    heldOut: [
      { sigma: 0.1, loss: 0.296188 },
      { sigma: 1, loss: 0.3 },
    ],
  },
];

const textsOf = (svg: string): string[] => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);

it("draws training and held-out loss against images, from a round number upwards", () => {
  const texts = textsOf(lossCurve(LOG, { batch: 128 }));
  expect(texts).toEqual(expect.arrayContaining(["training", "training images", "weighted loss", "12,800", "0.2"]));
  expect(texts).toContainEqual(expect.stringMatching(/^held out /));
  expect(texts.filter((text) => /\.\d\d/.test(text))).toEqual([]);
});

const line = (step: number, imagesPerSecond: number): LogEntry => ({ step, loss: 1, learningRate: 0.01, imagesPerSecond });
const report: LogEntry = { step: 75, heldOut: [{ sigma: 1, loss: 1 }] };

describe("the training time", () => {
  it("is the sum over the windows of the log, however long each one is", () => {
    expect(trainingSeconds([line(50, 100), report, line(100, 50), line(110, 10)], 10)).toBe(5 + 10 + 10);
  });
});

describe("a run's end", () => {
  const reports = (...losses: number[]): LogEntry[] => losses.map((loss, i) => ({ step: i + 1, heldOut: [{ sigma: 1, loss }] }));
  const length = { steps: 100, recipe: RECIPE };

  it("is its last step, or the fifth report after the best one", () => {
    expect(isOver(reports(), length)).toBe(false);
    expect(isOver(reports(3, 2, 1, 4, 4, 4, 4), length)).toBe(false);
    expect(isOver(reports(3, 2, 1, 4, 4, 4, 4, 4), length)).toBe(true);
    expect(isOver(reports(3, 2, 1), { ...length, steps: 3 })).toBe(true);
    expect(bestReport(reports(3, 2, 1, 4, 1), length)?.step).toBe(3);
  });

  it("is its last step once it learns guidance, which raises the loss on purpose", () => {
    const guided = { steps: 10, recipe: { ...RECIPE, guidance: { weight: 2, sigmaMax: 1, share: 0.4 } } };
    const log = reports(1, 2, 2, 2, 2, 2, 3, 4, 5);
    expect(isOver(log.slice(0, 6), guided)).toBe(true);
    expect(isOver(log, guided)).toBe(false);
    expect(bestReport(log, guided)?.step).toBe(9);
    expect(bestReport(log.slice(0, 6), guided)?.step).toBe(1);
  });

  it("tells until when the loss fell, guidance apart", () => {
    const guided = { steps: 10, recipe: { ...RECIPE, guidance: { weight: 2, sigmaMax: 1, share: 0.4 } } };
    expect(fellUntil(reports(3, 2, 1, 4, 4), length)).toBe(3);
    expect(fellUntil(reports(5, 4, 3, 2, 1), length)).toBeUndefined();
    expect(fellUntil(reports(6, 5, 4, 3, 2, 1, 5, 5, 5, 5), guided)).toBeUndefined();
  });
});
