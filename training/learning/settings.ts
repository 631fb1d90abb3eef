/** What decides a run's weights, and the card of the model that it makes: in Node a part of config.json. */

import { checkedCard, FORMAT, type ModelCard, ModelError, type TrainingRecord } from "../../wasm-model/model/card.ts";
import type { ModelContents } from "../../wasm-model/model/onnx/writer.ts";
import { ACTIVATION_BOUND, type NetworkName } from "../../wasm-model/network/spec.ts";
import type { SamplingSettings } from "../../wasm-model/sampling/settings.ts";
import { UserError } from "../cli/user-error.ts";
import { needsMatte } from "../data/cut-outs.ts";
import { type Likeness, likenessOf } from "../measure/likeness.ts";
import { contrastByClass } from "../measure/looks.ts";
import { initialParameters, type Parameters } from "../network/parameters.ts";
import { type LabelledImages, shapeFor, shapeFrom } from "../network/shape.ts";
import type { Frame } from "./batches.ts";
import { initialState, type TrainingState } from "./checkpoint.ts";
import { augmentationOf, BATCH, guidanceOf, learningRateOf, logSigmaOf, NETWORK, plannedImages, stableShareOf } from "./defaults.ts";
import { type RateSchedule, RECIPE, type TrainingRecipe } from "./recipe.ts";
import { isCalm, samplingFor } from "./sampling.ts";
import { startingWeights } from "./start.ts";

export interface TrainingSettings extends RateSchedule, Frame {
  readonly spec: ModelCard["spec"];
  readonly crop?: ModelCard["crop"];
  readonly labels: readonly string[];
  /** How alike its pictures are; undefined of a single one. */
  readonly likeness?: Likeness | undefined;
  /** The colours of pixel art, six hexadecimal digits each. */
  readonly palette?: ModelCard["palette"] | undefined;
  /** Name of the network's shape. */
  readonly network: string;
  /** Training images, with repetition, and those of each step. */
  readonly images: number;
  readonly batch: number;
  /** The model that it starts from, if there is one. */
  readonly source?: TrainingRecord["from"] | undefined;
  readonly recipe: TrainingRecipe;
  /** Of weights, order and noise. */
  readonly seed: string;
  /** The settings that its images are drawn with, and those of its card. */
  readonly sampling: SamplingSettings;
  /** The contrast of its training images, to which the finished model's extrapolation is set; absent where that stays. */
  readonly contrast?: number | undefined;
}

/** What may be chosen; the rest is by default. */
export interface Choices {
  readonly seed: string;
  readonly images?: number | undefined;
  readonly batch?: number | undefined;
  readonly learningRate?: number | undefined;
  readonly augmentation?: number | undefined;
  readonly mirror?: boolean | undefined;
  /** The weight of the guidance that is learned. */
  readonly guidance?: number | undefined;
}

export interface Beginning {
  readonly settings: TrainingSettings;
  readonly state: TrainingState;
  /**
   * The network that guidance and the verdict compare with: the base's weights for a network of its shape, else those of the
   * model that the run starts from. None if it starts from nothing.
   */
  readonly pretrained: Parameters | undefined;
}

/**
 * A run on these images, and its first state: from a model, or with random weights for a network of this name. Throws a UserError for images that the network cannot learn, and for guidance without weights.
 */
export function begin(dataset: LabelledImages, choices: Choices, from: ModelContents | NetworkName, base?: ModelContents): Beginning {
  const { labels, train } = dataset;
  const source = typeof from === "string" ? undefined : from;
  const { spec: shape, crop } = typeof from === "string" ? shapeFor(dataset, from) : shapeFrom(dataset, from.card.spec);
  const spec = { bound: ACTIVATION_BOUND, ...shape };
  const startsFromWeights = source !== undefined;
  const likeness = likenessOf(dataset);
  const isPixelArt = dataset.palette !== undefined;
  const {
    seed,
    mirror,
    batch = BATCH,
    images = plannedImages(train.count, startsFromWeights, isPixelArt ? "pixel art" : likeness),
  } = choices;
  const { learningRate = learningRateOf(startsFromWeights), augmentation = augmentationOf(train.count) } = choices;
  const { guidance: weight = guidanceOf(startsFromWeights, isPixelArt) } = choices;
  if (!source && weight !== 1) throw new UserError("`guidance` works with runs from weights only");
  const network = source?.card.training.network ?? (from as NetworkName);
  const isOther = base !== undefined && base !== source && network === NETWORK;
  const { sigmaData } = source && isOther ? base.card.spec : spec; // of what guides
  const guidance = { ...RECIPE.guidance, weight, ...(sigmaData !== spec.sigmaData && { sigmaData }) };
  const frame = { spec, crop, mirror, palette: dataset.palette };
  const settings: TrainingSettings = {
    labels,
    likeness,
    ...(dataset.palette && { palette: dataset.palette }),
    mirror,
    network,
    spec,
    crop,
    images,
    batch,
    steps: stepsFor(images, batch),
    learningRate,
    sampling: samplingFor(train, frame),
    ...(source && { source: sourceOf(source.card) }),
    ...(!isCalm(frame) && { contrast: contrastByClass(dataset, dataset.width * dataset.height * dataset.channels) }),
    recipe: { ...RECIPE, stableShare: stableShareOf(isPixelArt), logSigma: logSigmaOf(isPixelArt), augmentation, guidance },
    seed,
  };
  const weights = source ? startingWeights(spec, labels, source, seed) : initialParameters(spec, seed);
  const pretrained = source && (isOther ? startingWeights(spec, labels, base, seed) : weights);
  return { settings, state: initialState(spec, weights), pretrained };
}

const stepsFor = (images: number, batch: number): number => Math.ceil(images / batch);

/** The settings for at most so many images. */
export function limitImages<Settings extends TrainingSettings>(most: number, settings: Settings): Settings {
  const images = Math.min(settings.images, most);
  return { ...settings, images, steps: stepsFor(images, settings.batch) };
}

const sourceOf = ({ name, training: { images, from } }: ModelCard) => ({ name, images: images + (from?.images ?? 0) });

/** Throws a UserError, before the training, unless a model's file can have this card. */
export function expectHeld(card: ModelCard): void {
  try {
    checkedCard(card);
  } catch (error) {
    throw error instanceof ModelError ? new UserError(error.message) : error;
  }
}

/** What the card says of the images. */
export interface About {
  readonly name: string;
  /** The name of the data set, without the way to it: the card is published. */
  readonly data: string;
  readonly dataLicence: string;
  /** How they were made, of which a card says all but the size, and whether they are cut out. */
  readonly pictures?: { readonly crop: string; readonly background: string; readonly transparent: boolean } | undefined;
}

/** The card of the model that the run makes. */
export function cardFor(settings: TrainingSettings, { name, data, dataLicence, pictures }: About): ModelCard {
  const { spec, crop, labels, palette, contrast, network, images, source, seed, sampling } = settings;
  const isKeyed = pictures?.transparent && !needsMatte({ palette, pictures });
  return {
    format: FORMAT,
    name,
    spec,
    labels,
    dataRange: [-1, 1],
    sampling,
    ...(crop && { crop }),
    ...(palette && { palette }),
    ...(isKeyed && { keyed: true }),
    ...(contrast !== undefined && { contrast }),
    ...(pictures?.transparent && { cutOut: true }),
    training: {
      ...{ data, dataLicence, network, images, seed },
      ...(source && { from: source }),
      ...(pictures && { pictures: { crop: pictures.crop, background: pictures.background } }),
    },
  };
}
