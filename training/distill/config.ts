/**
 * The resolved configuration of a distillation: its flags, and the content of config.json with every number that
 * decides the student's weights.
 */
import * as v from "valibot";
import { SCHEDULE } from "../../wasm-model/sampling/settings.ts";
import { choice, type Immutable, integer, number, object, text } from "../../wasm-model/schema/fields.ts";
import { parseJson } from "../cli/parse-json.ts";
import { UserError } from "../cli/user-error.ts";
import { CONVERSION } from "../data/conversion.ts";
import { RECIPE, RECIPE_SCHEMA } from "../learning/recipe.ts";
import { entriesOf, type Given, type RunFlags } from "../run/flags.ts";

/** The metrics that students are compared by (metric.ts), as files name them. */
export const METRICS = ["fid", "kernelDistance"] as const;
export type MetricName = (typeof METRICS)[number];

export const MOST = 1e9;

const { warmUp, decayShare, quantizedShare, adam, filterEpsilon } = RECIPE_SCHEMA.entries;

const DISTILL_RECIPE = object({
  ...{ warmUp, decayShare, quantizedShare, adam, filterEpsilon },
  /** Decay per step of the running average of the weights. */
  averageDecay: number(0, 1),
  /** Weight of the distances between class means. */
  classWeight: number(0, 1e6),
});

const NUMBERS = {
  images: integer(1, MOST),
  batch: integer(1, 4096),
  learningRate: number(1e-7, 1),
  window: integer(32, 1e6),
  seed: text(),
} as const;

/** The numbers in every distillation's configuration. */
export const DISTILL_NUMBERS = { ...NUMBERS, recipe: DISTILL_RECIPE } as const;

const ALL_NUMBERS = object(DISTILL_NUMBERS);

export const DISTILL_DEFAULTS: Immutable<v.InferOutput<typeof ALL_NUMBERS>> = {
  images: 110_000,
  batch: 128,
  learningRate: 2e-5,
  window: 3072,
  seed: "distill",
  recipe: {
    warmUp: { steps: 20, share: 0.1 },
    decayShare: 0.5,
    quantizedShare: 0.7,
    adam: RECIPE.adam,
    filterEpsilon: RECIPE.filterEpsilon,
    averageDecay: 0.9,
    classWeight: 1,
  },
};

/** Images between reports, and the most images of a report. */
export const REPORT_EVERY = 6400;
export const REPORT_IMAGES = 2000;

/** The flags that a distillation keeps in its configuration, in the order of a command line. */
export const DISTILL_FLAGS = {
  schedule: {
    schema: v.optional(text(), "schedules.json"),
    value: "file.json",
    doc: "the student's schedule, as `npx anneal tune --nfe` writes it (needed for a new run)",
    at: ["scheduleFile"],
  },
  nfe: {
    schema: integer(1, 64),
    value: "n",
    doc: "which of the file's schedules: its number of evaluations (needed if the file has several)",
    at: ["schedule", "sigmas", "length"],
  },
  init: {
    schema: v.optional(text()),
    value: "student-fp32.onnx",
    doc: "start from the weights of this student, instead of the teacher's",
  },
  featureClassifier: {
    schema: v.optional(text()),
    value: "file",
    doc: "also compare images in the features of this classifier (`npx anneal train-classifier`); images get noise as in its training",
  },
  data: { schema: text(), value: "name or path", doc: "the training images (default: the teacher's)" },
  images: { schema: NUMBERS.images, value: "n", doc: `images to draw and learn from (default: ${DISTILL_DEFAULTS.images})` },
  batch: { schema: NUMBERS.batch, value: "n", doc: `images per step (default: ${DISTILL_DEFAULTS.batch})` },
  learningRate: { schema: NUMBERS.learningRate, value: "x", doc: `peak learning rate (default: ${DISTILL_DEFAULTS.learningRate})` },
  window: {
    schema: NUMBERS.window,
    value: "n",
    doc: `images for the running moments of the Fréchet distance (default: ${DISTILL_DEFAULTS.window})`,
  },
  seed: { schema: NUMBERS.seed, value: "text", doc: `seed of everything random (default: ${DISTILL_DEFAULTS.seed})` },
} as const satisfies RunFlags;

export type DistillFlags = Given<typeof DISTILL_FLAGS>;

const SCHEMA = object(
  {
    /** The teacher's file as it was given, or the folder of the run that made it; the run folder has a copy. */
    teacher: text(),
    /** Files as they were given; the run folder has copies. */
    ...entriesOf(DISTILL_FLAGS),
    scheduleFile: DISTILL_FLAGS.schedule.schema,
    /** SHA-256 of the training images (data/dataset.ts); missing in runs of earlier versions. */
    dataSha256: v.optional(text()),
    /** The commit of the sources that began the run (cli/peers.ts). */
    commit: v.optional(text()),
    /** Only for data sets of images. */
    pictures: v.optional(CONVERSION),
    schedule: SCHEDULE,
    /** The metric that decides which student is best; FID in runs of earlier versions. */
    metric: v.optional(choice(METRICS), "fid"),
    /** SHA-256 of the classifier whose FID it is; missing in runs of earlier versions. */
    classifierSha256: v.optional(text()),
    recipe: DISTILL_RECIPE,
    /** Number of steps: images / batch, rounded up. */
    steps: integer(1, MOST),
  },
  "a JSON object",
);

export type DistillConfig = Immutable<v.InferOutput<typeof SCHEMA>>;

/** The configuration in a file's JSON. Throws a UserError that names the first invalid field. */
export const parseDistillConfig = (json: unknown, path: string): DistillConfig => parseJson(SCHEMA, withoutRemoved(json, path), path);

/**
 * Removes the settings of features that no longer exist, which earlier versions wrote into every configuration: the
 * method, whether the teacher's maps count, the auxiliary denoiser, and lists of classifiers and of first students.
 * Throws a UserError for a distillation that used one of them, which this version cannot continue.
 */
export function withoutRemoved(json: unknown, path: string): unknown {
  if (typeof json !== "object" || json === null) return json;
  const { method = "frechet", teacherMaps = true, featureClassifiers = [], init, recipe, ...numbers } = json as Record<string, unknown>;
  const refuse = (expected: string, received: string): never => {
    throw new UserError(
      `Expected ${expected} in \`${path}\`, which an earlier version wrote, but received ${received}: continue with that version, or start a new run`,
    );
  };
  const [first, ...others] = [init].flat();
  if (method !== "frechet") refuse("the method frechet", JSON.stringify(method));
  if (teacherMaps !== true) refuse("the teacher's maps", "a distillation without them");
  if (!Array.isArray(featureClassifiers) || featureClassifiers.length > 0)
    refuse("the teacher's maps alone", "a distillation that compares mean colours too");
  if (others.length > 0) refuse("one student to begin at", String(others.length + 1));
  const known = { ...numbers, ...(first !== undefined && { init: first }) };
  if (typeof recipe !== "object" || recipe === null) return { ...known, recipe };
  const { auxiliary: _, ...rest } = recipe as Record<string, unknown>;
  return { ...known, recipe: rest };
}
