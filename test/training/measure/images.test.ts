import { expect, it } from "vitest";
import { drawImages, requestedClasses } from "../../../training/measure/images.ts";
import { simd } from "../../../wasm-model/engine/simd.ts";
import { loadModel } from "../../../wasm-model/index.ts";
import { randomModelFile, TINY } from "../../support/random-model.ts";

const SIZE = 64;

const model = await loadModel(randomModelFile(TINY, 5, "int8"), { runtime: simd });

it("classes come in turn, and as often as in a training set", () => {
  expect([...requestedClasses({ count: 7, classCounts: [5, 5, 5] })]).toEqual([0, 1, 2, 0, 1, 2, 0]);
  const classes = [...requestedClasses({ count: 30, classCounts: [100, 900, 500] })];
  expect([0, 1, 2].map((label) => classes.filter((one) => one === label).length)).toEqual([2, 18, 10]);
  expect(classes.slice(0, 6)).toEqual([1, 2, 1, 1, 2, 1]);
});

it("an image is the same in a set of any size, and of its class", async () => {
  const inTurn = await drawImages(model, { count: 103, seed: "images", classCounts: [1, 1, 1] });
  const few = await drawImages(model, { count: 6, seed: "images", classCounts: [1, 1, 1] });
  expect(Buffer.compare(few, inTurn.subarray(0, 6 * SIZE))).toBe(0);
  const drawn = await drawImages(model, { count: 6, seed: "images", classCounts: [0, 1, 0] });
  const same = Array.from(
    { length: 6 },
    (_, i) => Buffer.compare(drawn.subarray(i * SIZE, (i + 1) * SIZE), inTurn.subarray(i * SIZE, (i + 1) * SIZE)) === 0,
  );
  expect(same).toEqual([false, true, false, false, true, false]);
});
