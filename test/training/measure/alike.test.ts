/** Pairs of images that look alike, and the number of images that they tell of. */
import { expect, it } from "vitest";
import { alikePairs, evenChance, LEVEL } from "../../../training/measure/alike.ts";
import { randomIntegers } from "../../support/random-numbers.ts";
import { wasmBackend } from "../../support/wasm-backend.ts";

const tf = await wasmBackend();

it("counts what plain loops count, also for more images than a block holds", async () => {
  const [count, size] = [2100, 3];
  const images = Uint8Array.from({ length: count * size }, randomIntegers(1, 0, 255));
  images.copyWithin(2099 * size, 0, size); // the last image is the first one
  let pairs = 0;
  for (let first = 0; first < count; first++) {
    for (let second = first + 1; second < count; second++) {
      let sum = 0;
      for (let i = 0; i < size; i++) sum += (images[first * size + i] - images[second * size + i]) ** 2;
      if (sum <= size * LEVEL * LEVEL) pairs++;
    }
  }
  expect(pairs).toBeGreaterThan(100);
  expect(await alikePairs(tf, images, size)).toBe(pairs);
});

it.each([10, 1000, 30_000])("of %i equally likely images it tells the number that draws two alike in half of all trials", (distinct) => {
  const drawn = Array.from({ length: Math.ceil(6 * Math.sqrt(distinct)) + 20 }, randomIntegers(distinct, 0, distinct - 1));
  const pairs = drawn.reduce((sum, image, i) => sum + drawn.slice(0, i).filter((other) => other === image).length, 0);
  const images = Math.round(evenChance(drawn.length, pairs));
  let different = 1;
  for (let i = 1; i < images; i++) different *= 1 - i / distinct;
  expect(different).toBeGreaterThan(0.3);
  expect(different).toBeLessThan(0.7);
});
