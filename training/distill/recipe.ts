/** How a student is trained, in numbers: what decides its weights beside its teacher, its schedule and its training images. */
import type * as v from "valibot";
import { choice, type Immutable, integer, number, object, text } from "../../wasm-model/schema/fields.ts";
import { RECIPE, RECIPE_SCHEMA } from "../learning/recipe.ts";

export const METHODS = ["frechet", "matching"] as const;

const { warmUp, decayShare, quantizedShare, adam, filterEpsilon } = RECIPE_SCHEMA.entries;
export const MOST = 1e9;

export const DISTILL_RECIPE_SCHEMA = object({
  ...{ warmUp, decayShare, quantizedShare, adam, filterEpsilon },
  /** Of the running average of the weights, per step. */
  averageDecay: number(0, 1),
  /** Of `frechet`: weight of the distances of class means. */
  classWeight: number(0, 1e6),
  /** Of `matching`: the auxiliary denoiser's updates for each step of the student, and its peak learning rate. */
  auxiliary: object({ updates: integer(1, 1000), learningRate: number(0, 1) }),
});

/** Of every configuration of a distillation. */
export const DISTILL_NUMBERS = {
  method: choice(METHODS),
  /** Images that the student draws and learns from. */
  images: integer(1, MOST),
  batch: integer(1, 4096),
  /** Peak learning rate. */
  learningRate: number(0, 1),
  /** Of `frechet`: images of the running population. */
  window: integer(1, MOST),
  recipe: DISTILL_RECIPE_SCHEMA,
  seed: text(),
} as const;

const NUMBERS = object(DISTILL_NUMBERS);
export type DistillNumbers = Immutable<v.InferOutput<typeof NUMBERS>>;

/** Of a new distillation. */
export const DISTILL_DEFAULTS: DistillNumbers = {
  method: "frechet",
  images: 110_000,
  batch: 128,
  learningRate: 2e-5,
  window: 3072,
  recipe: {
    warmUp: { steps: 20, share: 0.1 },
    decayShare: 0.5,
    quantizedShare: 0.7,
    adam: RECIPE.adam,
    filterEpsilon: RECIPE.filterEpsilon,
    averageDecay: 0.9,
    classWeight: 1,
    auxiliary: { updates: 5, learningRate: 1e-3 },
  },
  seed: "distill",
};

/** Images between reports, and of each of them at most. */
export const REPORT_EVERY = 6400;
export const REPORT_IMAGES = 2000;
