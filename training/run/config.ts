/** The resolved configuration of a training: its flags, and the content of config.json. */
import { basename, resolve } from "node:path";
import * as v from "valibot";
import { type ModelCard, SOURCE_MODEL, TRAINER } from "../../wasm-model/model/card.ts";
import type { ModelContents } from "../../wasm-model/model/onnx/writer.ts";
import { FINISHER_NAMES } from "../../wasm-model/network/finishers.ts";
import { NETWORKS, type NetworkName, type NetworkSpec } from "../../wasm-model/network/spec.ts";
import { SAMPLING, type SamplingSettings } from "../../wasm-model/sampling/settings.ts";
import { choice, describeFault, faultOf, integer, number, openObject, text } from "../../wasm-model/schema/fields.ts";
import { WASM_SLOWDOWN } from "../backend/index.ts";
import { parseName } from "../cli/command-line.ts";
import { UserError } from "../cli/user-error.ts";
import { CONVERSION } from "../data/conversion.ts";
import { ENLARGER_SCHEMA } from "../finishing/enlarger.ts";
import { learnedWeights } from "../finishing/finisher.ts";
import { MATTE_SCHEMA } from "../finishing/matte.ts";
import { type FinisherStates, LEARNING } from "../finishing/plan.ts";
import { augmentationOf, BATCH, guidanceOf, learningRateOf, MOST_IMAGES, NETWORK } from "../learning/defaults.ts";
import { RECIPE_SCHEMA } from "../learning/recipe.ts";
import { cardFor, expectHeld } from "../learning/settings.ts";
import { FORECASTS, type Likeness } from "../measure/likeness.ts";
import { modelOf, type Parameters } from "../network/parameters.ts";
import { entriesOf, type FlagValues, type RunFlags } from "./flags.ts";

/** The most images and steps of a run. */
const MOST = 1e9;

export const DEFAULT_SEED = "anneal";

/** The licence of images if nobody names one. */
export const UNKNOWN_LICENCE = "unknown";

/** The flags that a run keeps in its configuration, in the order of a command line. */
export const TRAIN_FLAGS = {
  data: {
    schema: text(),
    value: "folder",
    doc: "images (PNG, JPEG, WebP, GIF and AVIF) whose sub-folders are classes (needed for a new run)",
  },
  dataLicence: {
    schema: text(),
    value: "text",
    doc: `licence of the images, which the model's card names (default: ${UNKNOWN_LICENCE})`,
  },
  name: {
    schema: v.optional(text()),
    doc: "the model's name, part of its URL (default: the name of the data's folder)",
    parse: parseName,
  },
  from: {
    schema: v.optional(text()),
    value: "start",
    doc: "the weights to start from: `base`, which has seen many kinds of small pictures; `none`; or a model's file or folder (model-fp32.onnx, model-fp16.onnx or an int8 model.onnx), whose classes of the same name keep what was learned of them (default: base, or none with --network); with --finish weights by themselves, x.safetensors",
  },
  network: {
    schema: choice(Object.keys(NETWORKS) as NetworkName[]),
    doc: `shape of a network that starts from nothing (default: ${NETWORK}, that of the base)`,
  },
  images: {
    schema: integer(1, MOST),
    value: "n",
    doc: `at most so many training images, with repetition (default: 3000 and 230 for each picture; 50 for each, at least 3000, where they are much alike; 320 for each of pixel art; at most ${MOST_IMAGES}; from nothing ${MOST_IMAGES}; never more than fit five minutes on this machine). WASM takes about ${WASM_SLOWDOWN} times as long as native`,
  },
  batch: { schema: integer(1, 4096), value: "n", doc: `images per step (default: ${BATCH})` },
  learningRate: {
    schema: number(1e-6, 1),
    value: "x",
    doc: `peak learning rate (default: ${learningRateOf(true)}, from nothing ${learningRateOf(false)})`,
  },
  seed: { schema: text(), value: "text", doc: `seed of weights, order and noise (default: ${DEFAULT_SEED})` },
  mirror: {
    schema: v.optional(v.boolean("true or false")),
    doc: "mirror half of the images at random: right for faces, wrong for digits",
  },
  augment: {
    schema: number(0, 1),
    value: "share",
    doc: `probability of each of five changes of an image (mirrored, shifted, scaled, turned, hue; pixel art is neither scaled nor turned); the network is conditioned on them, so drawn images show none (default: ${augmentationOf(0)} below 10 000 pictures, else 0)`,
    elsewhere: true,
  },
  guidance: {
    schema: RECIPE_SCHEMA.entries.guidance.entries.weight,
    value: "w",
    doc: `guidance that the last part of the run learns: how far images move away from what the network that it started from would draw; they cost no more; 1 is none (default: ${guidanceOf(true, false)} from weights, ${guidanceOf(true, true)} of pixel art, else 1)`,
    elsewhere: true,
  },
} as const satisfies RunFlags;

export type TrainFlags = FlagValues<typeof TRAIN_FLAGS>;

const SCHEMA = openObject(
  {
    ...entriesOf(TRAIN_FLAGS),
    /** Name of the network's shape. Tests may use other names. */
    network: text(),
    pictures: v.optional(CONVERSION),
    /** The colours of pixel art, checked by the rules of the model's card. */
    palette: v.optional(v.pipe(v.array(text(), "a list of strings"), v.readonly())),
    /** SHA-256 of its images (data/load.ts). */
    dataSha256: text(),
    /** The command that began the run, as it was typed, with the images that this machine had time for. */
    command: text(),
    labels: v.pipe(v.array(text(), "a list of strings"), v.readonly()),
    /** Checked by the rules of the model's card: `expectHeld`. */
    spec: v.looseObject({}, "a network's shape"),
    /** Where the data's images lie in the network's image, checked likewise; absent if they fill it. */
    crop: v.optional(v.looseObject({}, "a rectangle")),
    /** What the card says of the model in `from`. */
    source: v.optional(SOURCE_MODEL),
    /** What trained its weights, if it was not this program. */
    by: v.optional(TRAINER),
    /** How alike its pictures are; absent of a single one. */
    likeness: v.optional(choice(Object.keys(FORECASTS) as Likeness[])),
    /** Number of steps: images / batch, rounded up. */
    steps: integer(1, MOST),
    /** The settings that its images are drawn with, and those of its card. */
    sampling: SAMPLING,
    /** Of the training images. */
    contrast: v.optional(number(0, 255)),
    recipe: RECIPE_SCHEMA,
    /** Absent if the run learns none. */
    matte: v.optional(MATTE_SCHEMA),
    enlarger: v.optional(ENLARGER_SCHEMA),
  },
  "a JSON object",
);

export type RunConfig = Readonly<Omit<v.InferOutput<typeof SCHEMA>, "spec" | "crop" | "sampling">> & {
  readonly spec: NetworkSpec;
  readonly sampling: SamplingSettings;
  readonly crop?: ModelCard["crop"];
};

/** The configuration in a file's JSON. Throws a UserError that names the first invalid field. */
export function parseConfig(json: unknown, path: string): RunConfig {
  const fault = faultOf(SCHEMA, json);
  if (fault) throw new UserError(describeFault(fault, `\`${path}\``));
  const config = v.parse(SCHEMA, json) as unknown as RunConfig;
  expectHeld(cardOf(config));
  return config;
}

/** The card of the model that the run makes. */
export function cardOf(config: RunConfig): ModelCard {
  const { name, dataLicence, pictures } = config;
  const data = basename(resolve(config.data)); // not where they lie: the card is published
  return trainedBy(cardFor(config, { name: name ?? data, data, dataLicence, pictures }), config);
}

/** The card of weights that another program trained, if one did. */
export const trainedBy = (card: ModelCard, { by }: Pick<RunConfig, "by">): ModelCard =>
  by ? { ...card, training: { ...card.training, images: by.images, by } } : card;

export const trainedModel = (config: RunConfig, average: Parameters, finishers: FinisherStates): ModelContents => ({
  ...modelOf(cardOf(config), average),
  ...Object.fromEntries(
    FINISHER_NAMES.flatMap((name) => (finishers[name] ? [[name, learnedWeights(LEARNING[name], finishers[name])]] : [])),
  ),
});
