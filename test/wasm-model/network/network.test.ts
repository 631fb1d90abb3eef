/** A network of one class, in the reference, with which the tests of all other interpreters compare. */
import { expect, it } from "vitest";
import { referenceDenoiser } from "../../../wasm-model/network/reference.ts";
import { largestDifference, randomInput, randomModel, TINY, UNCONDITIONAL } from "../../support/random-model.ts";

it("takes no notice of its class if it is unconditional, and computes what the same weights give without a class", () => {
  const { weights } = randomModel({ ...TINY, classes: 1 }, 3, "fp32");
  const { x } = randomInput(TINY, 1, 1, 3);
  const drawn = (spec: typeof TINY, label: number) => referenceDenoiser(spec, weights).denoise(x, 1, Float32Array.of(label));
  expect(drawn(UNCONDITIONAL, 1)).toEqual(drawn(UNCONDITIONAL, 0));
  expect(largestDifference(drawn(UNCONDITIONAL, 0), drawn({ ...TINY, classes: 1 }, 0))).toBeLessThan(1e-6);
});
