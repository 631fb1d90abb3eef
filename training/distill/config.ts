/** What a distillation was asked for, resolved: every number that decides its weights. The content of its config.json. */
import * as v from "valibot";
import { SCHEDULE } from "../../wasm-model/sampling/settings.ts";
import { choice, type Immutable, integer, number, object, text } from "../../wasm-model/schema/fields.ts";
import { PICTURES } from "../run/config.ts";
import { RECIPE, RECIPE_SCHEMA } from "../run/recipe.ts";

export const METHODS = ["frechet", "matching"] as const;

const { warmUp, decayShare, quantizedShare, adam, filterEpsilon } = RECIPE_SCHEMA.entries;
const MOST = 1e9;

export const DISTILL_CONFIG = object(
  {
    /** The teacher's file as it was given; the run keeps a copy. */
    teacher: text(),
    /** The network that the student begins at instead of the teacher, as it was given; the run keeps a copy. */
    init: v.optional(text()),
    /** Of `frechet`: a classifier whose features count beside the teacher's maps, as it was given; the run keeps a copy. */
    featureClassifier: v.optional(text()),
    /** Data set name, or the folder or archive as it was given. */
    data: text(),
    /** Of the training images (data/fingerprint.ts); runs of earlier versions do not tell. */
    dataSha256: v.optional(text()),
    /** Of the sources that began it (commands/commit.ts). */
    commit: v.optional(text()),
    /** Where the data are pictures. */
    pictures: v.optional(PICTURES),
    method: choice(METHODS),
    schedule: SCHEDULE,
    /** Images that the student draws and learns from. */
    images: integer(1, MOST),
    batch: integer(1, 4096),
    /** Number of steps: images / batch, rounded up. */
    steps: integer(1, MOST),
    /** Peak learning rate. */
    learningRate: number(0, 1),
    /** Of `frechet`: images of the running population. */
    window: integer(1, MOST),
    recipe: object({
      ...{ warmUp, decayShare, quantizedShare, adam, filterEpsilon },
      /** Of the running average of the weights, per step. */
      averageDecay: number(0, 1),
      /** Of `frechet`: weight of the distances of class means. */
      classWeight: number(0, 1e6),
      /** Of `matching`: the auxiliary denoiser's updates for each step of the student, and its peak learning rate. */
      auxiliary: object({ updates: integer(1, 1000), learningRate: number(0, 1) }),
    }),
    seed: text(),
  },
  "a JSON object",
);

export type DistillConfig = Immutable<v.InferOutput<typeof DISTILL_CONFIG>>;

/** The recipe of a new distillation. */
export const DISTILL_RECIPE: DistillConfig["recipe"] = {
  warmUp: { steps: 20, share: 0.1 },
  decayShare: 0.5,
  quantizedShare: 0.7,
  adam: RECIPE.adam,
  filterEpsilon: RECIPE.filterEpsilon,
  averageDecay: 0.9,
  classWeight: 1,
  auxiliary: { updates: 5, learningRate: 1e-3 },
};
