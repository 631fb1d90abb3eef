import { expect, it } from "vitest";
import type { LogEntry } from "../../../training/learning/reports.ts";
import { lossCurve, trainingSeconds } from "../../../training/run/log.ts";

const line = (step: number, imagesPerSecond: number, loss = 1): LogEntry => ({ step, loss, learningRate: 0.01, imagesPerSecond });
const report: LogEntry = { step: 75, heldOut: [{ sigma: 1, loss: 0.296188 }] };

it("draws training and held-out loss against images, from a round number upwards", () => {
  const svg = lossCurve([line(50, 1, 0.9), report, line(100, 1, 0.4)], { batch: 128 });
  const texts = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
  expect(texts).toEqual(expect.arrayContaining(["training", "training images", "weighted loss", "12,800", "0.2"]));
  expect(texts.filter((text) => /\.\d\d/.test(text))).toEqual([]);
});

it("the training time is the sum over the windows of the log, however long each one is", () => {
  expect(trainingSeconds([line(50, 100), report, line(100, 50), line(110, 10)], 10)).toBe(5 + 10 + 10);
});
