/** What `evaluate` and `own` share: flags, opening models with their data, and models with other sampling settings. */
import { type Command, Option } from "commander";
import { chooseBackend } from "../../training/backend/index.ts";
import type { BackendName } from "../../training/backend/step.ts";
import { backendOption, newCommand, numberIn } from "../../training/cli/command-line.ts";
import { openModel } from "../../training/cli/model-files.ts";
import { type ConversionSettings, settingsOfCard } from "../../training/data/conversion.ts";
import type { Dataset } from "../../training/data/dataset.ts";
import { expectFits, inOrder, loadDataset } from "../../training/data/load.ts";
import type { Tf } from "../../training/network/score-network.ts";
import type { Model } from "../../wasm-model/index.ts";
import { checkedCard } from "../../wasm-model/model/card.ts";
import { withRequestedGrid } from "../../wasm-model/sampling/index.ts";
import { SAMPLERS, type SamplerName } from "../../wasm-model/sampling/settings.ts";
import { MIN_COUNT } from "./quality.ts";

export interface MeasuringFlags {
  readonly data?: string;
  readonly count: number;
  readonly seed: string;
  readonly sampler?: SamplerName;
  readonly steps?: number;
  readonly churn?: number;
  readonly extrapolation?: number;
  readonly backend: BackendName | "auto";
}

/** The command of this name, with defaults of these flags. Those of sampling take the place of the card's, as in a request. */
export function measuringCommand(name: string, { count, seed }: Pick<MeasuringFlags, "count" | "seed">): Command {
  return newCommand(name)
    .option("--data <folder>", "the images to compare with (default: a folder here that has the name of the training data)")
    .option("--count <n>", "number of images, at most that of held-out ones", numberIn("count", MIN_COUNT, 1_000_000), count)
    .option("--seed <text>", "image i has the seed {seed}/i", seed)
    .addOption(backendOption())
    .addOption(new Option("--sampler <name>", "the sampler (default: the card's)").choices(SAMPLERS))
    .option("--steps <n>", "number of noise levels", numberIn("steps", 1, 1000))
    .option("--churn <x>", "share of fresh noise per step", numberIn("churn", 0, 1, "any"))
    .option("--extrapolation <x>", "weight of the newest denoised image", numberIn("extrapolation", 0, 10, "any"));
}

export interface Opened {
  readonly tf: Tf;
  readonly models: readonly Model[];
  readonly dataset: Dataset;
  /** Images to draw: no more than there are held-out ones, since figures of two sets are comparable only at one size. */
  readonly count: number;
}

/** Opens the models, with the settings that were given, and their common data, which `pictures` may change. Throws a UserError if they do not fit together. */
export async function open(files: readonly string[], flags: MeasuringFlags, pictures: Partial<ConversionSettings> = {}): Promise<Opened> {
  const { data, count, backend } = flags;
  const { tf, describe } = await chooseBackend(backend);
  console.log(describe);
  const models: Model[] = [];
  for (const file of files) models.push(withSampling(await openModel(file), flags));
  const { card } = models[0];
  const dataset = inOrder(await loadDataset(data ?? card.training.data, { ...settingsOfCard(card), ...pictures }), card.labels, files[0]);
  for (const [i, { card }] of models.entries()) expectFits(dataset, { ...card.spec, ...card.crop }, `the model \`${files[i]}\``);
  return { tf, models, dataset, count: Math.min(count, dataset.train.count, dataset.test.count) };
}

/** The model with other sampling settings. Throws a ModelError. */
function withSampling(model: Model, flags: MeasuringFlags): Model {
  const grid = withRequestedGrid(model.card.sampling, flags);
  const { sampler = grid.sampler, steps = grid.steps } = flags;
  return { ...model, card: checkedCard({ ...model.card, sampling: { ...grid, sampler, steps } }) };
}
