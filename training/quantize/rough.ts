/** An int8 network made without drawing: ranges by its bound, which most maps reach (training/LOG.md), and weights rounded to the nearest. */
import { simd } from "../../wasm-model/engine/simd.ts";
import type { Denoiser } from "../../wasm-model/model/model.ts";
import { type ModelContents, writeModel } from "../../wasm-model/model/onnx/writer.ts";
import { SILU_NORM } from "../../wasm-model/network/ops.ts";
import { recordNetwork } from "../../wasm-model/network/recorder.ts";
import { ACTIVATION_BOUND } from "../../wasm-model/network/spec.ts";
import { type ConvolutionInput, quantizeWeights } from "./quantize.ts";

/** The least value of silu, as the network scales it. */
const LEAST_SILU = -0.278464542761074 / SILU_NORM;

/** Its network in the engine that draws every image. The caller disposes of it. */
export function roughDenoiser(fp32: ModelContents): Promise<Denoiser> {
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
