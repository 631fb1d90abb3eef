import { expect, it } from "vitest";
import { edgesOf } from "../../../training/measure/looks.ts";
import { meanOf } from "../../../training/network/held-out.ts";
import { normalValues, standardError } from "../../support/random-numbers.ts";
import { coloursOf, onDark, rgbaOf, ringOf, withoutGround } from "../dark.ts";
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

it("edges are the steepest fiftieth of gradients", () => {
  const step = Uint8Array.from({ length: 16 * 16 }, (_, i) => (i % 16 < 8 ? 0 : 200)); // 15 of 225 gradients are 200
  expect(edgesOf(step, 16, 16, 1)).toBe(200);
});

it("on dark, an image keeps its colours as far as it is opaque, in the middle, and pixels beside what is clear are its ring", () => {
  // 3x3 in a frame of 5x5: white, half transparent at the left, clear at the right.
  const rgba = Uint8Array.from({ length: 36 }, (_, i) => (i % 4 === 3 ? [128, 255, 0][Math.floor(i / 4) % 3] : 255));
  const dark = onDark(rgba, { width: 3, height: 3 }, 5);
  const at = (x: number, y: number) => [...dark.subarray(3 * (5 * y + x), 3 * (5 * y + x) + 3)];
  expect([at(0, 0), at(1, 1), at(2, 2), at(3, 1)]).toEqual([[40, 40, 44], [148, 148, 150], [255, 255, 255], [40, 40, 44]]); // biome-ignore format: a list
  expect(ringOf([rgba], { width: 3, height: 3 })).toBeCloseTo((215 + 215 + 211) / 3);
  expect(ringOf([rgbaOf({ pixels: new Uint8Array(9).fill(7), channels: 1 })], { width: 3, height: 3 })).toBeUndefined();
  expect(coloursOf([rgba, rgbaOf({ pixels: Uint8Array.of(1, 2, 3), channels: 3 })])).toBe(2);
  const onGround = Uint8Array.of(200, 200, 200, 255, 255, 255, 127, 255, 255);
  expect([...withoutGround(onGround, Uint8Array.of(255, 0, 128), "ffffff")]).toEqual([200, 200, 200, 255, 0, 0, 0, 0, 0, 255, 255, 128]);
});
