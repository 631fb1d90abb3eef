/** What a run was asked for, resolved: the content of config.json. */
import { basename, resolve } from "node:path";
import * as v from "valibot";
import { checkedCard, FORMAT, type ModelCard } from "../../wasm-model/model/card.ts";
import { ModelError } from "../../wasm-model/model/model-error.ts";
import type { Model } from "../../wasm-model/model/onnx/writer.ts";
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import type { SamplingSettings } from "../../wasm-model/sampling/settings.ts";
import { integer, object, openObject } from "../../wasm-model/schema/fields.ts";
import { parseJson } from "../cli/parse-json.ts";
import { UserError } from "../cli/user-error.ts";
import { cardSettings, PICTURES } from "../data/picture-settings.ts";
import { DISTILL_NUMBERS } from "../distill/recipe.ts";
import { RECIPE, RECIPE_SCHEMA } from "../learning/recipe.ts";
import { modelOf, type Parameters } from "../network/parameters.ts";
import { SAMPLING_DEFAULTS } from "../run/sampling-defaults.ts";

const text = v.string("a string");
const texts = v.pipe(v.array(text, "a list of strings"), v.readonly());
const number = v.pipe(v.number("a number"), v.finite("a number"));
const count = (least: number) => {
  const error = `a whole number from ${least}`;
  return v.pipe(v.number(error), v.safeInteger(error), v.minValue(least, error));
};

const SCHEMA = openObject(
  {
    /** Data set name, or the folder or archive as it was given. */
    data: text,
    /** Where the data are pictures. */
    pictures: v.optional(PICTURES),
    dataLicence: text,
    /** Of the training images (data/fingerprint.ts); runs of earlier versions do not tell. */
    dataSha256: v.optional(text),
    /** Of the sources that began it (commands/commit.ts). */
    commit: v.optional(text),
    labels: texts,
    /** What the model is called; the data set's name in runs of earlier versions. */
    name: v.optional(text),
    /** Whether every other image was mirrored. */
    mirror: v.optional(v.boolean("true or false")),
    /** Name of the network's shape. */
    network: text,
    /** The rules of its fields are those of the model's card: `expectExportable`. */
    spec: v.looseObject({}, "a network's shape"),
    /** Where the data's images lie in the network's, by the card's rules too; absent where they fill it. */
    crop: v.optional(v.looseObject({}, "a rectangle")),
    /** Training images of this run, with repetition. */
    images: count(1),
    /** The model that `--init` named, if any, and the images that its weights have seen, or 0. */
    init: v.optional(text),
    imagesBefore: count(0),
    /** Where the run distils guidance: how that model, its teacher, is guided. */
    guidance: v.optional(openObject({ weight: number, sigmaMax: number }, "a weight and a sigmaMax")),
    batch: count(1),
    /** Number of steps: images / batch, rounded up. */
    steps: count(1),
    /** Peak learning rate. */
    learningRate: number,
    /** Pictures that each candidate of the search of sampling settings at the run's end draws; absent where there is none (run/sweep.ts). */
    sweep: v.optional(count(2)),
    /** How a student of so many evaluations is distilled from the trained network; absent where there is none. Its reports draw as many pictures as a candidate of the search. */
    student: v.optional(object({ evaluations: integer(1, 64), ...DISTILL_NUMBERS })),
    recipe: v.optional(RECIPE_SCHEMA, RECIPE),
    seed: text,
    /** The processors that it was trained on, each once; runs of earlier versions do not tell. */
    processors: v.optional(texts),
  },
  "a JSON object",
);

export type RunConfig = Readonly<Omit<v.InferOutput<typeof SCHEMA>, "spec" | "crop">> & {
  readonly spec: NetworkSpec;
  readonly crop?: ModelCard["crop"];
};

/** How the student of a run is distilled. */
export type StudentSettings = NonNullable<RunConfig["student"]>;

/** The configuration in the JSON of a file. Throws a UserError that names the first field which is not as it must be. */
export function parseConfig(json: unknown, path: string): RunConfig {
  const config = parseJson(SCHEMA, withNetwork(json), path) as unknown as RunConfig;
  if (config.student && config.sweep === undefined) {
    throw new UserError(`Expected \`sweep\` together with \`student\` of \`${path}\` but received nothing`);
  }
  expectExportable(config);
  return config;
}

/** Earlier versions called `network` by the name of `preset`. */
function withNetwork(json: unknown): unknown {
  if (typeof json !== "object" || json === null || !("preset" in json) || "network" in json) return json;
  const { preset, ...others } = json;
  return { ...others, network: preset };
}

/** The card of the model that the run makes. */
export function cardOf(
  { spec, crop, labels, data, pictures, name, dataLicence, network, images, imagesBefore, seed }: RunConfig,
  sampling: SamplingSettings = SAMPLING_DEFAULTS,
): ModelCard {
  const training = {
    ...{ data, dataLicence, network, images: imagesBefore + images, seed },
    ...(pictures && { pictures: cardSettings(pictures) }),
  };
  return {
    format: FORMAT,
    name: name ?? basename(resolve(data)),
    spec,
    labels,
    dataRange: [-1, 1],
    sampling,
    ...(crop && { crop }),
    training,
  };
}

/** The model of a run, with these sampling settings. */
export const trainedModel = (config: RunConfig, average: Parameters, sampling?: SamplingSettings): Model =>
  modelOf(cardOf(config, sampling), average);

/** Throws a UserError unless a model file can hold the run's network: before its training, not after. */
export function expectExportable(config: RunConfig): void {
  try {
    checkedCard(cardOf(config));
  } catch (error) {
    throw error instanceof ModelError ? new UserError(error.message) : error;
  }
}
