import { describe, expect, it } from "vitest";
import { fadeAt } from "../../../training/distill/session.ts";

describe("fadeAt", () => {
  it("is 1, then falls linearly to the last step's share over the end of the run", () => {
    expect([1, 50, 51, 76, 100].map((step) => fadeAt(step, 100, 0.5))).toEqual([1, 1, 1, 0.5, expect.closeTo(0.02)]);
  });
  it("stays 1 without decay", () => {
    expect(fadeAt(100, 100, 0)).toBe(1);
  });
});
