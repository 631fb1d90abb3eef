import { describe, expect, it } from "vitest";
import { inceptionScore } from "../../../training/measure/measure.ts";

describe("inceptionScore", () => {
  it("is the number of classes for certain and even decisions, and 1 if all images look alike", () => {
    expect(inceptionScore(Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1), 3)).toBeCloseTo(3, 6);
    expect(inceptionScore(Float32Array.of(0.2, 0.8, 0.2, 0.8), 2)).toBeCloseTo(1, 6);
    expect(inceptionScore(Float32Array.of(0, 1, 0, 1), 2)).toBeCloseTo(1, 6);
  });

  it("is exp of the mean divergence from the marginal", () => {
    const divergence = 0.9 * Math.log(0.9 / 0.5) + 0.1 * Math.log(0.1 / 0.5);
    expect(inceptionScore(Float32Array.of(0.9, 0.1, 0.1, 0.9), 2)).toBeCloseTo(Math.exp(divergence), 6);
  });
});
