/** The model that a run makes, as it is exported and drawn with. */
import type { ModelCard } from "../../wasm-model/model/card.ts";
import type { Model } from "../../wasm-model/model/onnx/writer.ts";
import { parametersOf } from "../../wasm-model/network/count.ts";
import type { SamplingSettings } from "../../wasm-model/sampling/settings.ts";
import { effectiveParameters, type Parameters } from "../network/parameters.ts";
import { cardOf, type RunConfig } from "../train/config.ts";

/** Averaged weights as a model file has them: filters at unit norm, without the parameters that only the training loss needs. */
export function modelOf(card: ModelCard, average: Parameters): Model {
  const floats = effectiveParameters(card.spec, average);
  for (const [path, { trainingOnly }] of parametersOf(card.spec)) if (trainingOnly) floats.delete(path);
  return { card, weights: { floats, convolutions: new Map() } };
}

/** The model of a run, with these sampling settings. */
export const trainedModel = (config: RunConfig, average: Parameters, sampling?: SamplingSettings): Model =>
  modelOf(cardOf(config, sampling), average);
