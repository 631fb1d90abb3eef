import { describe, expect, it } from "vitest";
import { durationOf } from "../../../training/cli/duration.ts";
import type { LogEntry } from "../../../training/train/folder.ts";
import { timeAndPlace, trainingSeconds } from "../../../training/train/training-time.ts";

const line = (step: number, imagesPerSecond: number): LogEntry => ({ step, loss: 1, learningRate: 0.01, imagesPerSecond });
const report: LogEntry = { step: 75, heldOut: [{ sigma: 1, loss: 1 }] };

describe("the training time", () => {
  it("is the sum over the windows of the log, however long each one is", () => {
    expect(trainingSeconds([line(50, 100), report, line(100, 50), line(110, 10)], 10)).toBe(5 + 10 + 10);
  });

  it("is unknown without a line or with a speed of 0, as old logs round it", () => {
    expect(trainingSeconds([report], 10)).toBeNaN();
    expect(trainingSeconds([line(50, 0)], 10)).toBeNaN();
  });

  it.each([
    [0.4, "0 s"],
    [59.4, "59 s"],
    [59.6, "1 min"],
    [3569, "59 min"],
    [3570, "1 h 0 min"],
    [4800, "1 h 20 min"],
  ])("of %d seconds reads %s", (seconds, text) => {
    expect(durationOf(seconds)).toBe(text);
  });

  it("is told with the processors where the run records them", () => {
    const log = [line(48, 1)];
    expect(timeAndPlace(log, { batch: 100 })).toBe(" in 1 h 20 min");
    expect(timeAndPlace(log, { batch: 100, processors: ["A (2 cores)", "B (4 cores)"] })).toBe(
      " in 1 h 20 min on A (2 cores) and B (4 cores)",
    );
    expect(timeAndPlace([], { batch: 100 })).toBe("");
  });
});
