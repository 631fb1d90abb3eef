/** What can be exported: a finished training run, or an fp32 model that an earlier export wrote. */
import { readFileSync, statSync } from "node:fs";
import { basename, resolve } from "node:path";
import type { SamplingDefaults } from "../../wasm-model/card.ts";
import { parametersOf } from "../../wasm-model/count.ts";
import { readModel } from "../../wasm-model/onnx/reader.ts";
import type { Model } from "../../wasm-model/onnx/writer.ts";
import { effectiveParameters } from "../parameters.ts";
import { readFinishedRun } from "../run.ts";
import { UserError } from "../user-error.ts";

/** What a fresh model's users get; an export's flags may say otherwise. `ald` at 64 levels stays below 1000 evaluations. */
const SAMPLING: SamplingDefaults = {
  sampler: "langevin",
  steps: 8,
  sigmaMin: 0.05,
  sigmaMax: 20,
  rho: 7,
  churn: 0.85,
  extrapolation: 1.5,
  stepsPerLevel: 15,
  relativeStep: 0.2,
};

/** The fp32 model at `path`. Throws UserError for a missing or unfinished one, ModelError for a damaged file. */
export function readSource(path: string): Model {
  return isFolder(path) ? fromRun(path) : fromFile(path);
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    throw new UserError(`Expected a run folder or a model-fp32.onnx for \`source\` but received \`${path}\`, which does not exist`);
  }
}

/** The averaged weights, filters at unit norm, without the parameters that only the loss needs. */
function fromRun(folder: string): Model {
  const { config, state } = readFinishedRun(folder);
  const { spec, labels, data, dataLicence, preset, images, imagesBefore, seed } = config;
  const floats = effectiveParameters(spec, state.average);
  for (const [path, { trainingOnly }] of parametersOf(spec)) if (trainingOnly) floats.delete(path);
  const training = { data, dataLicence, preset, images: imagesBefore + images, seed };
  return {
    card: { name: basename(resolve(data)), spec, labels, dataRange: [-1, 1], sampling: SAMPLING, training },
    weights: { floats, convolutions: new Map() },
  };
}

function fromFile(path: string): Model {
  const model = readModel(readFileSync(path));
  if (model.weights.convolutions.size > 0) {
    throw new UserError(`Expected an fp32 model for \`source\` but received \`${path}\`, which is quantized already`);
  }
  return model;
}
