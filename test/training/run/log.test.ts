import { expect, it } from "vitest";
import type { LogEntry } from "../../../training/learning/reports.ts";
import { lossCurve, trainingSeconds } from "../../../training/run/log.ts";

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

it("the training time is the sum over the windows of the log, however long each one is", () => {
  expect(trainingSeconds([line(50, 100), report, line(100, 50), line(110, 10)], 10)).toBe(5 + 10 + 10);
});
