import { describe, expect, it } from "vitest";
import { draw } from "../../../training/network/draw.ts";
import { referenceDenoiser } from "../../../wasm-model/network/reference.ts";
import { cardOf, randomModel, TINY } from "../../support/random-model.ts";

const fp32 = randomModel(TINY, 2, "fp32");
const card = cardOf(TINY);

describe("draw", () => {
  it("gives an image the same pixels alone and in a batch, and other pixels to another seed or class", async () => {
    const { denoise } = referenceDenoiser(TINY, fp32.weights);
    const one = (classes: (number | undefined)[], seed = "a") => draw(card, denoise, { classes, seed });
    const alone = await one([1]);
    const batch = await one([1, undefined]);
    expect(batch.subarray(0, alone.length)).toEqual(alone);
    expect(await one([2])).not.toEqual(alone);
    expect(await one([1], "b")).not.toEqual(alone);
  });
});
