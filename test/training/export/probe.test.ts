import { describe, expect, it } from "vitest";
import { openProbe } from "../../../training/export/probe.ts";
import { quantizedPathsOf } from "../../../wasm-model/network/count.ts";
import { scoreNetwork } from "../../../wasm-model/network/network.ts";
import { Reference, type Tensor } from "../../../wasm-model/network/reference.ts";
import { randomInput, randomModel, TINY } from "../../support/random-model.ts";

/** float32 against float64. */
const FP32_TOLERANCE = 1e-5;

const fp32 = randomModel(TINY, 2, "fp32");

describe("openProbe", () => {
  it("observes what the reference reads and writes", async () => {
    const seen = new Map<string, Float64Array>();
    class Watching extends Reference {
      override quantize(x: Tensor, path: string, bound: number | undefined): Tensor {
        const read = super.quantize(x, path, bound);
        seen.set(path, read.data);
        return read;
      }
    }
    const { x, labels } = randomInput(TINY, 1, 1, 3);
    scoreNetwork(new Watching(fp32.weights), TINY, {
      x: { shape: [1, 1, 8, 8], data: Float64Array.from(x) },
      sigma: { shape: [1, 1], data: Float64Array.of(1) },
      label: { shape: [1, 3], data: Float64Array.from(labels) },
    });
    const probe = await openProbe(fp32);
    const { inputs, outputs } = await probe.observe(x, 1, labels);
    await probe.dispose();
    expect([...inputs.keys()]).toEqual(quantizedPathsOf(TINY));
    expect([...outputs.keys()]).toEqual(quantizedPathsOf(TINY));
    for (const [path, values] of inputs) {
      const expected = seen.get(path) as Float64Array;
      expect(values.every((value, i) => Math.abs(value - expected[i]) < FP32_TOLERANCE)).toBe(true);
    }
  });
});
