/** The int8 model of an fp32 one. */

import { simd } from "../../wasm-model/engine/simd.ts";
import type { DrawingNetwork } from "../../wasm-model/model/model.ts";
import { type ModelContents, writeModel } from "../../wasm-model/model/onnx/writer.ts";
import { SILU_NORM } from "../../wasm-model/network/ops.ts";
import { recordNetwork } from "../../wasm-model/network/recorder.ts";
import { ACTIVATION_BOUND } from "../../wasm-model/network/spec.ts";
import { placeWeights, type Tf, tensorDenoiser } from "../network/score-network.ts";
import { type Calibration, calibrate, observer } from "./calibrate.ts";
import { calibratedEnlarger } from "./enlarger.ts";
import { type ConvolutionInput, quantizeWeights } from "./quantize.ts";

/** The int8 model, calibrated on images that the fp32 one draws; its own enlarger, too. */
export async function quantizedModel(
  tf: Tf,
  { card, weights, enlarger }: ModelContents,
  calibration?: Calibration,
): Promise<ModelContents> {
  const tensors = placeWeights(tf, card.spec, weights.floats);
  const inputs = await calibrate(card, observer(tf, card.spec, tensors), calibration);
  const rounded = enlarger && (await calibratedEnlarger(tf, enlarger, card, tensorDenoiser(tf, card.spec, tensors)));
  tf.dispose([...tensors.values()]);
  return { card, weights: quantizeWeights(card.spec, weights, inputs), ...(rounded && { enlarger: rounded }) };
}

/** The least value of silu, as the network scales it. */
const LEAST_SILU = -0.278464542761074 / SILU_NORM;

/**
 * A network in the engine that draws every image, made without drawing: ranges by the network's bound, which most maps reach
 * (training/LOG.md), and weights rounded to the nearest. The caller disposes of it.
 */
export function roughDenoiser(fp32: ModelContents): Promise<DrawingNetwork> {
  const rough = roughlyQuantized(fp32);
  return simd.load({ ...rough, bytes: writeModel(rough) });
}

export function roughlyQuantized({ card, weights }: ModelContents): ModelContents {
  const { bound = ACTIVATION_BOUND } = card.spec;
  const ranges = recordNetwork(card.spec).nodes.flatMap((node): [string, ConvolutionInput][] =>
    node.op === "quantize" ? [[node.path, { range: [node.inputs[0].op === "silu" ? LEAST_SILU : -bound, bound] }]] : [],
  );
  return { card, weights: quantizeWeights(card.spec, weights, new Map(ranges)) };
}
