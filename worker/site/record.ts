/**
 * What a model's page reads of its record.json (training/record/record.ts), with the check of the build: a folder whose
 * record is another one is refused.
 */
import * as v from "valibot";
import { type Fault, faultOf, type Immutable, openObject } from "../../wasm-model/schema/fields.ts";

const text = v.string("a string");
const texts = v.array(text, "a list of strings");
const number = v.pipe(v.number("a number"), v.finite("a number"));
const listOf = <const Item extends v.GenericSchema>(item: Item) => v.array(item, "a list");

const figures = openObject({ fid: number, precision: number, recall: number, classAccuracy: number, nearestPixels: number });
const both = openObject({ generated: figures, real: figures });

const reference = openObject({
  /** Missing in records of earlier versions: then the tuning one. */
  classifier: v.optional(v.picklist(["judging", "tuning"], "judging or tuning")),
  data: text,
});

const images = openObject({
  settings: openObject({ sampler: text, evaluations: number }),
  count: number,
  reference,
  ...both.entries,
  /** The same by the classifier that chose settings and checkpoints. */
  tuning: v.optional(both),
  accuracyByClass: listOf(number),
  /** Several sets of `count` images, of which the figures are means. */
  sets: v.optional(listOf(v.unknown())),
});

const realFids = listOf(openObject({ count: number, fid: number }));

const comparison = openObject({
  reference,
  /** Missing in records of earlier versions. */
  realFids: v.optional(realFids),
  tuning: v.optional(openObject({ realFids })),
  entries: listOf(
    openObject({
      settings: openObject({ sampler: text }),
      precision: text,
      nfe: number,
      fid: number,
      tuning: v.optional(openObject({ fid: number })),
    }),
  ),
});

const RECORD = openObject(
  {
    commands: texts,
    quality: listOf(openObject({ command: text, precision: text, images: v.optional(images) })),
    comparison: v.optional(comparison),
    intendedUse: v.optional(texts),
    limits: v.optional(texts),
    notes: texts,
  },
  "a JSON object",
);

export type RecordOnPage = Immutable<v.InferOutput<typeof RECORD>>;
export type MeasuredImages = Immutable<v.InferOutput<typeof images>>;
export type ComparisonOnPage = Immutable<v.InferOutput<typeof comparison>>;

/** The first fault of a record; undefined if the page can be made of it. */
export function faultOfRecord(json: string): Fault | undefined {
  try {
    return faultOf(RECORD, JSON.parse(json));
  } catch {
    return { name: "", expected: "a JSON object", received: "something else" };
  }
}
