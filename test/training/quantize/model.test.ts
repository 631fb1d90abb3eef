/** Models that are rounded while their network learns. */
import { expect, it } from "vitest";
import { draw } from "../../../training/network/draw.ts";
import { placeWeights } from "../../../training/network/score-network.ts";
import { observer, widened } from "../../../training/quantize/calibrate.ts";
import { roughlyQuantized } from "../../../training/quantize/model.ts";
import { quantizerFor, type Range } from "../../../training/quantize/quantize.ts";
import { quantizedPathsOf } from "../../../wasm-model/network/count.ts";
import { MAX_CODE } from "../../../wasm-model/network/quantization.ts";
import { randomModel, TINY } from "../../support/random-model.ts";
import { wasmBackend } from "../../support/wasm-backend.ts";

it("a rough one has the ranges of all that its drawing reads", async () => {
  const tf = await wasmBackend();
  const { card, weights } = randomModel(TINY, 2, "fp32");
  const observe = observer(tf, TINY, placeWeights(tf, TINY, weights.floats));
  const ranges = new Map<string, Range>();
  const look = async (...input: Parameters<typeof observe>): Promise<Float32Array> => {
    const { denoised, inputs } = await observe(...input);
    for (const [path, values] of inputs) ranges.set(path, widened(ranges.get(path), values));
    return denoised;
  };
  await draw(card, look, { classes: [0, 1, 2], seed: "rough" });
  const { convolutions } = (await roughlyQuantized(tf, { card, weights })).weights;
  expect([...convolutions.keys()].sort()).toEqual([...quantizedPathsOf(TINY)].sort());
  for (const [path, { input }] of convolutions) expect(input, path).toEqual(quantizerFor(ranges.get(path)!, MAX_CODE));
});
