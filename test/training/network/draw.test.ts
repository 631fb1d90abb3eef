import { expect, it } from "vitest";
import { draw, shownClasses } from "../../../training/network/draw.ts";
import { referenceDenoiser } from "../../../wasm-model/network/reference.ts";
import { cardOf, randomModel, TINY } from "../../support/random-model.ts";

const fp32 = randomModel(TINY, 2, "fp32");
const card = cardOf(TINY);

it("draw gives an image the same pixels alone and in a batch, and other pixels for another seed or class", async () => {
  const { denoise } = referenceDenoiser(TINY, fp32.weights);
  const one = (classes: (number | undefined)[], seed = "a") => draw(card, denoise, { classes, seed });
  const alone = await one([1]);
  const batch = await one([1, undefined]);
  expect(batch.subarray(0, alone.length)).toEqual(alone);
  expect(await one([2])).not.toEqual(alone);
  expect(await one([1], "b")).not.toEqual(alone);
});

it("shownClasses are all classes if there are few, and otherwise some from first to last", () => {
  expect(shownClasses(3)).toEqual([0, 1, 2]);
  expect(shownClasses(16)).toEqual([...Array(16).keys()]);
  const some = shownClasses(10_000);
  expect([some.length, some[0], some[1]]).toEqual([16, 0, 625]);
});
