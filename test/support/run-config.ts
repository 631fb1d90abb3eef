/** The configuration of a run of one step by a tiny network, but for what is given. */
import { RECIPE } from "../../training/learning/recipe.ts";
import { SAMPLING_DEFAULTS } from "../../training/learning/sampling.ts";
import type { RunConfig } from "../../training/run/config.ts";
import { TINY } from "./random-model.ts";

export const runConfig = (given: Partial<RunConfig> = {}): RunConfig => ({
  ...{ data: "x", dataLicence: "unknown", labels: ["a", "b", "c"], network: "tiny", spec: TINY, seed: "s" },
  ...{ images: 16, batch: 16, steps: 1, learningRate: 1e-3, recipe: RECIPE, sampling: SAMPLING_DEFAULTS },
  ...{ dataSha256: "", command: "" },
  ...given,
});
