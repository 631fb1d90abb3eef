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
import { SAMPLERS, type SamplerName, type SamplingSettings } from "../../wasm-model/sampling/settings.ts";
import { MIN_COUNT } from "./quality.ts";
import { SAMPLING_FLAGS, type SamplingNumbers, withChanges } from "./sampling-flags.ts";

export interface MeasuringFlags extends Partial<SamplingNumbers> {
  readonly data?: string;
  readonly count: number;
  readonly seed: string;
  readonly sampler?: SamplerName;
  readonly backend: BackendName | "auto";
}

/** The command of this name, with defaults of these flags. A flag of each sampling setting takes the place of the card's. */
export function measuringCommand(name: string, { count, seed }: Pick<MeasuringFlags, "count" | "seed">): Command {
  const command = newCommand(name)
    .option("--data <folder>", "the images to compare with (default: a folder here that has the name of the training data)")
    .option("--count <n>", "number of images, at most that of held-out ones", numberIn("count", MIN_COUNT, 1_000_000), count)
    .option("--seed <text>", "image i has the seed {seed}/i", seed)
    .addOption(backendOption())
    .addOption(new Option("--sampler <name>", "the sampler (default: the card's)").choices(SAMPLERS));
  for (const { flag, doc, parse } of SAMPLING_FLAGS) command.option(`--${flag} <x>`, doc, parse);
  return command;
}

export interface Opened {
  readonly tf: Tf;
  readonly models: readonly Model[];
  readonly dataset: Dataset;
  /** Images to draw: no more than there are held-out ones, since figures of two sets are comparable only at one size. */
  readonly count: number;
}

/** Opens the models, with the settings that were given, and their common data, which `pictures` may change. Throws a UserError if they do not fit together. */
export async function open(
  files: readonly string[],
  { data, count, backend, sampler, ...flags }: MeasuringFlags,
  pictures: Partial<ConversionSettings> = {},
): Promise<Opened> {
  const numbers = Object.fromEntries(SAMPLING_FLAGS.map(({ name }) => [name, flags[name]]));
  const { tf, describe } = await chooseBackend(backend);
  console.log(describe);
  const models: Model[] = [];
  for (const file of files) models.push(withSampling(await openModel(file), { ...numbers, ...(sampler && { sampler }) }));
  const { card } = models[0];
  const dataset = inOrder(await loadDataset(data ?? card.training.data, { ...settingsOfCard(card), ...pictures }), card.labels, files[0]);
  for (const [i, { card }] of models.entries()) expectFits(dataset, { ...card.spec, ...card.crop }, `the model \`${files[i]}\``);
  return { tf, models, dataset, count: Math.min(count, dataset.train.count, dataset.test.count) };
}

/** The model with other sampling settings. Throws a ModelError. */
const withSampling = (model: Model, changes: Partial<SamplingSettings>): Model => ({
  ...model,
  card: checkedCard({ ...model.card, sampling: withChanges(model.card.sampling, changes) }),
});
