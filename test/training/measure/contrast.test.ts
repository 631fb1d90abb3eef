import { expect, it } from "vitest";
import { extrapolationAt } from "../../../training/measure/contrast.ts";
import { contrastByClass, contrastOf } from "../../../training/measure/looks.ts";
import { memorySplit } from "../../../training/network/split.ts";

/** An image of four values around 100 whose standard deviation is `contrast`. */
const image = (contrast: number): number[] => [100 - contrast, 100 + contrast, 100 - contrast, 100 + contrast];

it("contrast is the mean of the images' standard deviations, whatever their brightness", () => {
  expect(contrastOf(Uint8Array.from([...image(10), ...image(30)]), 4)).toBeCloseTo(20);
  expect(contrastOf(Uint8Array.from([0, 0, 0, 0, 255, 255, 255, 255]), 4)).toBe(0);
});

it("each class counts as much as any other", () => {
  const images = Uint8Array.from([10, 10, 10, 40].flatMap(image));
  expect(contrastByClass({ train: memorySplit(images, [0, 0, 0, 1]), labels: ["a", "b"] }, 4)).toBeCloseTo(25);
});

it("the extrapolation is where the contrast is that of the training images, within bounds", () => {
  expect(extrapolationAt(50, [44, 56])).toBe(1.6);
  expect(extrapolationAt(44, [44, 56])).toBe(1.45);
  expect(extrapolationAt(90, [44, 56])).toBe(1.7);
  expect(extrapolationAt(10, [44, 56])).toBe(1.3);
  expect(extrapolationAt(50, [50, 50])).toBe(1.7); // a network that has learned nothing
});
