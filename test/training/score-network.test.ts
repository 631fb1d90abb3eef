/** The tfjs interpreter against the reference. */
import { beforeAll, describe, expect, it } from "vitest";
import { effectiveParameters, initialParameters, storedParameters } from "../../training/parameters.ts";
import { placeWeights, type Tf } from "../../training/score-network.ts";
import { tensorDenoiser } from "../../training/tensor-denoiser.ts";
import { referenceDenoiser } from "../../wasm-model/reference/reference.ts";
import { randomInput, randomModel, SMALL, TINY } from "../support/random-model.ts";
import { wasmBackend } from "../support/wasm-backend.ts";

/** float32 against float64 through some twenty layers, on values of the size of sigma. */
const RELATIVE_TOLERANCE = 1e-5;

const SIGMAS = [0.02, 0.5, 3, 20];

let tf: Tf;
beforeAll(async () => {
  tf = await wasmBackend();
});

describe("the tfjs interpreter", () => {
  const specs = { tiny: TINY, "28 x 28": SMALL, colour: { ...TINY, channels: 3 }, oblong: { ...TINY, height: 4, width: 12 } };
  it.each(Object.entries(specs))("equals the reference: %s", async (_, spec) => {
    const { weights } = randomModel(spec, 1, "fp32");
    const tensors = placeWeights(tf, spec, weights.floats);
    for (const sigma of SIGMAS) {
      const { x, labels } = randomInput(spec, 3, sigma, 7);
      const expected = await referenceDenoiser(spec, weights).denoise(x, sigma, labels);
      const received = tensorDenoiser(tf, spec, tensors)(x, sigma, labels);
      const error = Math.max(...received.map((value, i) => Math.abs(value - expected[i])));
      expect(error).toBeLessThan(RELATIVE_TOLERANCE * Math.max(1, sigma));
    }
    tf.dispose([...tensors.values()]);
  });

  it("leaves no tensor behind", () => {
    const tensors = placeWeights(tf, TINY, randomModel(TINY, 1, "fp32").weights.floats);
    const { x, labels } = randomInput(TINY, 2, 1, 7);
    const before = tf.memory().numTensors;
    tensorDenoiser(tf, TINY, tensors)(x, 1, labels);
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([...tensors.values()]);
  });

  it("does not depend on the scale of the stored filters", () => {
    const initial = initialParameters(TINY, "seed");
    const { x, labels } = randomInput(TINY, 2, 1, 7);
    const evaluate = (parameters: ReadonlyMap<string, Float32Array>): Float32Array => {
      const tensors = placeWeights(tf, TINY, parameters);
      const denoised = tensorDenoiser(tf, TINY, tensors)(x, 1, labels);
      tf.dispose([...tensors.values()]);
      return denoised;
    };
    // Gains of 0 would hide the network.
    initial.get("out.gain")!.fill(1);
    const expected = evaluate(initial);
    for (const scaled of [effectiveParameters(TINY, initial), storedParameters(TINY, initial)]) {
      const error = Math.max(...evaluate(scaled).map((value, i) => Math.abs(value - expected[i])));
      expect(error).toBeLessThan(RELATIVE_TOLERANCE);
    }
  });
});
