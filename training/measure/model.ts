/** A model under measurement: its card and its network. */

import { simd } from "../../wasm-model/engine/simd.ts";
import { loadModel } from "../../wasm-model/index.ts";
import type { ModelCard } from "../../wasm-model/model/card.ts";
import { type ModelFile, readModel } from "../../wasm-model/model/onnx/reader.ts";
import type { Denoise } from "../../wasm-model/sampling/sampler.ts";
import { readModelFile } from "../cli/model-files.ts";
import { UserError } from "../cli/user-error.ts";
import { placeWeights, type Tf, tensorDenoiser } from "../network/score-network.ts";

export interface EvaluatedModel {
  readonly card: ModelCard;
  readonly denoiser: { readonly denoise: Denoise };
  readonly precision: "int8" | "fp32";
}

/** The model in a file, or in its folder, that is to be measured. Throws a UserError for one that cannot be read or is no model. */
export function readEvaluatedModel(file: string): ModelFile {
  try {
    return readModel(readModelFile(file));
  } catch (error) {
    throw new UserError(`Expected a model's file for \`model.onnx\` but received "${file}": ${(error as Error).message}`);
  }
}

/** The model as it is measured: int8 in our own engine, as it is served, and fp32 in TensorFlow.js. */
export async function evaluatedModel(tf: Tf, { card, weights, bytes }: ModelFile): Promise<EvaluatedModel> {
  if (weights.convolutions.size > 0) return { ...(await loadModel(bytes, { runtime: simd })), precision: "int8" };
  return { card, denoiser: { denoise: tensorDenoiser(tf, card.spec, placeWeights(tf, card.spec, weights.floats)) }, precision: "fp32" };
}
