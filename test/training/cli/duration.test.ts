import { expect, it } from "vitest";
import { durationOf } from "../../../training/cli/progress.ts";

it.each([
  [Number.POSITIVE_INFINITY, "-"],
  [0.4, "0 s"],
  [59.4, "59 s"],
  [59.6, "1 min"],
  [3569, "59 min"],
  [3570, "1 h 0 min"],
  [4800, "1 h 20 min"],
])("a time of %d seconds reads %s", (seconds, text) => {
  expect(durationOf(seconds)).toBe(text);
});
