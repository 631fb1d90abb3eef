import { expect, it } from "vitest";
import { imagePsnr } from "../../../training/export/psnr.ts";
import type { Denoise } from "../../../wasm-model/sampling/sampler.ts";
import { cardOf, TINY } from "../../support/random-model.ts";

/** D is the same constant for every image. */
const constant =
  (value: number): Denoise =>
  (x) =>
    new Float32Array(x.length).fill(value);

it("is 10 log10(range^2 / mean square), range 2", async () => {
  const card = cardOf(TINY);
  expect(await imagePsnr(card, constant(0.25), constant(0.15), 30)).toBeCloseTo(10 * Math.log10(4 / 0.01), 4);
  expect(await imagePsnr(card, constant(0.25), constant(0.25), 30)).toBe(Number.POSITIVE_INFINITY);
});
