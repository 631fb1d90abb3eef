/** What a distillation was asked for, resolved: every number that decides its weights. The content of its config.json. */
import * as v from "valibot";
import { SCHEDULE } from "../../wasm-model/sampling/settings.ts";
import { choice, type Immutable, integer, object, text } from "../../wasm-model/schema/fields.ts";
import { PICTURES } from "../data/picture-settings.ts";
import { DISTILL_NUMBERS, MOST } from "./recipe.ts";

/** What students are compared by (metric.ts), as files name it. */
export const METRICS = ["fid", "kernelDistance"] as const;
export type MetricName = (typeof METRICS)[number];

export const DISTILL_CONFIG = object(
  {
    /** The teacher's file as it was given, or the folder of the run that made it; the distillation keeps a copy. */
    teacher: text(),
    /** The networks at whose mean the student begins instead of at the teacher, as they were given; the run keeps a copy of the mean. */
    init: v.optional(v.array(text()), []),
    /** Of `frechet`: whether the teacher's maps count. */
    teacherMaps: v.optional(v.boolean(), true),
    /** Of `frechet`: classifiers whose features count, as they were given; the run keeps copies. */
    featureClassifiers: v.optional(v.array(text()), []),
    /** Data set name, or the folder or archive as it was given. */
    data: text(),
    /** Of the training images (data/fingerprint.ts); runs of earlier versions do not tell. */
    dataSha256: v.optional(text()),
    /** Of the sources that began it (commands/commit.ts). */
    commit: v.optional(text()),
    /** Where the data are pictures. */
    pictures: v.optional(PICTURES),
    schedule: SCHEDULE,
    /** What the best student is the best by; FID in runs of earlier versions. */
    metric: v.optional(choice(METRICS), "fid"),
    ...DISTILL_NUMBERS,
    /** Number of steps: images / batch, rounded up. */
    steps: integer(1, MOST),
  },
  "a JSON object",
);

export type DistillConfig = Immutable<v.InferOutput<typeof DISTILL_CONFIG>>;
