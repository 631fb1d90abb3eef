/** A network of one class. */
import { expect, it } from "vitest";
import { oracleDenoiser } from "../../support/oracle.ts";
import { largestDifference, randomInput, randomModel, TINY, UNCONDITIONAL } from "../../support/random-model.ts";

it("takes no notice of its class if it is unconditional, and computes what the same weights give without a class", async () => {
  const { weights } = randomModel({ ...TINY, classes: 1 }, 3, "fp32");
  const { x } = randomInput(TINY, 1, 1, 3);
  const drawn = async (spec: typeof TINY, label: number) => (await oracleDenoiser(spec, weights)).denoise(x, 1, Float32Array.of(label));
  const unconditional = await drawn(UNCONDITIONAL, 0);
  expect(await drawn(UNCONDITIONAL, 1)).toEqual(unconditional);
  expect(largestDifference(unconditional, await drawn({ ...TINY, classes: 1 }, 0))).toBeLessThan(1e-6);
});
