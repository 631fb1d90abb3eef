/** Models that are rounded while their network learns. */
import { expect, it } from "vitest";
import { draw } from "../../../training/network/draw.ts";
import { placeWeights } from "../../../training/network/score-network.ts";
import { observer, roughlyQuantized } from "../../../training/quantize/calibrate.ts";
import { quantizedPathsOf } from "../../../wasm-model/network/count.ts";
import { MAX_CODE } from "../../../wasm-model/network/quantization.ts";
import { randomModel, TINY } from "../../support/random-model.ts";
import { wasmBackend } from "../../support/wasm-backend.ts";

it("a rough one has codes for all that its network reads, and no more below silu's", async () => {
  const tf = await wasmBackend();
  const spec = { ...TINY, bound: 0.9 };
  const { card, weights } = randomModel(spec, 2, "fp32");
  const { convolutions } = roughlyQuantized({ card, weights }).weights;
  expect([...convolutions.keys()].sort()).toEqual([...quantizedPathsOf(spec)].sort());
  const rangeOf = (path: string): [number, number] => {
    const { scale, zeroPoint } = convolutions.get(path)!.input;
    return [-zeroPoint * scale, (MAX_CODE - zeroPoint) * scale];
  };
  const observe = observer(tf, spec, placeWeights(tf, spec, weights.floats));
  const look = async (...input: Parameters<typeof observe>): Promise<Float32Array> => {
    const { denoised, inputs } = await observe(...input);
    for (const [path, values] of inputs) {
      const [low, high] = rangeOf(path);
      const half = (high - low) / MAX_CODE / 2;
      expect(Math.min(...values), path).toBeGreaterThan(low - 1.01 * half);
      expect(Math.max(...values), path).toBeLessThan(high + 1.01 * half);
    }
    return denoised;
  };
  await draw(card, look, { classes: [0, 1, 2], seed: "rough" });
  for (const path of convolutions.keys()) expect(rangeOf(path)[0], path).toBeCloseTo(path.includes(".conv") ? -0.467 : -0.9, 1);
});
