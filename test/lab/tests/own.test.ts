import { expect, it } from "vitest";
import { edgesOf } from "../../../training/measure/looks.ts";
import { meanOf, standardError } from "../../../training/network/standard-error.ts";
import { normalValues } from "../../support/random-numbers.ts";
import { whiteOf } from "../appearance.ts";
import { kernelDistance } from "../kernel-distance.ts";

/** Features [count, 4] ~ N(mean, 1). */
const features = (count: number, mean: number, seed: string) => normalValues(seed, 4 * count).map((value) => value + mean);

it("the kernel distance is zero in the mean for two sets of one distribution, and grows with what sets them apart", () => {
  const same = Array.from({ length: 20 }, (_, i) => kernelDistance(features(60, 0, `a${i}`), features(60, 0, `b${i}`), 4));
  const error = standardError(same);
  expect(Math.abs(meanOf(same))).toBeLessThan(3 * error);
  const [near, far] = [0.3, 1].map((shift) => kernelDistance(features(200, 0, "a"), features(200, shift, "b"), 4));
  expect(near).toBeGreaterThan(5 * error);
  expect(far).toBeGreaterThan(3 * near);
});

it("the kernel distance of single features is that of the equation, whatever their scale", () => {
  // -1, -1 and 1, 1 have mean 0 and deviation 1. k(x, y) = (x y + 1)^3 is 8 within both sets and 0 between them.
  for (const scale of [1, 100]) {
    expect(kernelDistance(Float32Array.of(-scale, -scale), Float32Array.of(scale, scale), 1)).toBeCloseTo(16);
    expect(kernelDistance(Float32Array.of(-scale, scale), Float32Array.of(scale, -scale), 1)).toBeCloseTo(0 + 0 - 2 * 4);
  }
});

it("edges are the steepest fiftieth of gradients, white pixels those whose channels are all white", () => {
  const step = Uint8Array.from({ length: 16 * 16 }, (_, i) => (i % 16 < 8 ? 0 : 200)); // 15 of 225 gradients are 200
  expect(edgesOf(step, 16, 16, 1)).toBe(200);
  expect(whiteOf(Uint8Array.of(255, 250, 251, 255, 255, 249), 3)).toBe(0.5);
});
