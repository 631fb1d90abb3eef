/** The model that a run makes, as it is exported and drawn with. */
import type { Model } from "../../wasm-model/model/onnx/writer.ts";
import { parametersOf } from "../../wasm-model/network/count.ts";
import type { SamplingSettings } from "../../wasm-model/sampling/settings.ts";
import { effectiveParameters, type Parameters } from "../network/parameters.ts";
import { cardOf, type RunConfig } from "./config.ts";

/** Averaged weights of a run, filters at unit norm, without the parameters that only the loss needs. */
export function trainedModel(config: RunConfig, average: Parameters, sampling?: SamplingSettings): Model {
  const floats = effectiveParameters(config.spec, average);
  for (const [path, { trainingOnly }] of parametersOf(config.spec)) if (trainingOnly) floats.delete(path);
  return { card: cardOf(config, sampling), weights: { floats, convolutions: new Map() } };
}
