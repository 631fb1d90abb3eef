/** The tfjs interpreter against onnxruntime. */

import type * as TF from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { chooseBackend } from "../../../training/backend/index.ts";
import { initialParameters } from "../../../training/network/parameters.ts";
import { denoise, placeWeights, tensorDenoiser, tensorOps } from "../../../training/network/score-network.ts";
import { quantizeFilters, quantizerFor } from "../../../training/quantize/quantize.ts";
import { parametersOf } from "../../../wasm-model/network/count.ts";
import { CHANGES } from "../../../wasm-model/network/network.ts";
import { MAX_CODE } from "../../../wasm-model/network/quantization.ts";
import type { NetworkSpec } from "../../../wasm-model/network/spec.ts";
import { codeOf, oracleDenoiser } from "../../support/oracle.ts";
import { DEEP, largestDifference, randomInput, randomModel, SMALL, TINY, UNCONDITIONAL } from "../../support/random-model.ts";
import { gaussianSource } from "../../support/random-numbers.ts";

/** float32 sums in another order, through some twenty layers, on values of the size of sigma. */
const RELATIVE_TOLERANCE = 1e-5;

const SIGMAS = [0.02, 0.5, 3, 20];

const { tf } = await chooseBackend("wasm");

describe("the tfjs interpreter", () => {
  const specs: Record<string, NetworkSpec> = {
    tiny: TINY,
    "28 x 28": SMALL,
    colour: { ...TINY, channels: 3 },
    unconditional: UNCONDITIONAL,
    oblong: { ...TINY, height: 4, width: 12 },
    ...DEEP,
  };
  it.each(Object.entries(specs))("equals onnxruntime: %s", async (_, spec) => {
    const { weights } = randomModel(spec, 1, "fp32");
    const oracle = await oracleDenoiser(spec, weights);
    const tensors = placeWeights(tf, spec, weights.floats);
    for (const sigma of SIGMAS) {
      const { x, labels } = randomInput(spec, 3, sigma, 7);
      const expected = await oracle.denoise(x, sigma, labels);
      const received = tensorDenoiser(tf, spec, tensors)(x, sigma, labels);
      expect(largestDifference(received, expected)).toBeLessThan(RELATIVE_TOLERANCE * Math.max(1, sigma));
    }
    tf.dispose([...tensors.values()]);
  });

  /** A network that is told of changes: with the first gains, of 0, it would not hear of them. */
  function hearing(): Map<string, TF.Tensor> {
    const tensors = placeWeights(tf, TINY, initialParameters(TINY, "seed"));
    for (const [path, { kind }] of parametersOf(TINY)) if (kind === "gain") tensors.set(path, tf.scalar(0.7));
    return tensors;
  }

  it("takes no change, which drawn images have, for none", () => {
    const weights = hearing();
    const { x, labels } = randomInput(TINY, 2, 1, 7);
    const input = { x: tf.tensor(x, [2, TINY.height, TINY.width, 1]), sigma: tf.ones([2, 1]), label: tf.tensor(labels, [2, TINY.classes]) };
    const denoised = (change?: number): Float32Array =>
      denoise(
        { tf, spec: TINY, weights },
        {
          ...input,
          ...(change !== undefined && { change: tf.fill([2, CHANGES], change) }),
        },
      ).dataSync() as Float32Array;
    expect(denoised(0)).toEqual(denoised());
    expect(denoised(1)).not.toEqual(denoised());
  });
});

it("keeps few maps for the gradient of many layers (tfjs counts those that share their values, too)", async () => {
  const layers = 8;
  const ops = tensorOps(tf, new Map());
  const [x, v] = [tf.ones([1, 64, 64, 4]), tf.ones([1, 4])];
  const network = (x: TF.Tensor): TF.Scalar => {
    for (let i = 0; i < layers; i++) x = ops.mpSum(x, ops.modulate(ops.quantize(ops.silu(x), "conv", 4), v), 0.3);
    return tf.sum(x);
  };
  const { peakBytes } = await tf.profile(() => tf.grad(network)(x));
  expect(peakBytes / (x.size * Float32Array.BYTES_PER_ELEMENT)).toBeLessThan(12 * layers);
});

describe("fake quantization", () => {
  const shape = { inputs: 2, outputs: 3, kernel: 3 } as const;
  const gaussian = gaussianSource(3);
  const maps = Float32Array.from({ length: 4 * 4 * shape.inputs }, () => 3 * gaussian());
  const filters = Float32Array.from({ length: 9 * shape.inputs * shape.outputs }, () => gaussian() / 4);
  /** From rows [outputs, inputs, 3, 3] and pixels [B, C, H, W] to tfjs' layouts. */
  const placed = (pixels = maps, rows = filters) => ({
    x: tf.transpose(tf.tensor(pixels, [1, shape.inputs, 4, 4]), [0, 2, 3, 1]),
    w: tf.transpose(tf.tensor(rows, [shape.outputs, shape.inputs, 3, 3]), [2, 3, 1, 0]),
  });

  it("rounds a convolution's input and filters as the int8 model of those ranges does", () => {
    const { x, w } = placed();
    const ops = tensorOps(tf, new Map([["conv", w]]), { fakeQuantization: true });
    const received = tf.transpose(ops.conv(ops.quantize(x, "conv", 4), "conv", shape), [0, 3, 1, 2]).dataSync();
    const clipped = maps.map((value) => Math.min(Math.max(value, -4), 4));
    const input = quantizerFor([Math.min(...clipped), Math.max(...clipped)], MAX_CODE);
    const { weights, scales } = quantizeFilters(filters, shape.outputs);
    const rounded = placed(
      maps.map((value) => input.scale * (codeOf(value, input) - input.zeroPoint)),
      Float32Array.from(weights, (code, i) => code * scales[Math.floor(i / (9 * shape.inputs))]),
    );
    const expected = tf.transpose(tf.conv2d(rounded.x as TF.Tensor4D, rounded.w as TF.Tensor4D, 1, "same"), [0, 3, 1, 2]).dataSync();
    received.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 4);
    });
  });

  it("passes the gradient exactly where nothing is clipped", () => {
    const { x } = placed();
    const ops = tensorOps(tf, new Map(), { fakeQuantization: true });
    const gradient = tf
      .grad((v) => tf.sum(ops.quantize(v, "conv", 4)))(x)
      .dataSync();
    expect([...gradient]).toEqual(Array.from(x.dataSync(), (value) => (Math.abs(value) <= 4 ? 1 : 0)));
    expect(new Set(gradient)).toEqual(new Set([0, 1]));
  });
});
