/**
 * record.json, what is known of a model beside its card: how it was trained and exported, what was measured with which
 * command, and notes by hand. The model's page, README.md, is rendered from it.
 */
import { join } from "node:path";
import * as v from "valibot";
import { SAMPLING } from "../../wasm-model/sampling/settings.ts";
import { openObject } from "../../wasm-model/schema/fields.ts";
import { parseJson, readJson } from "../cli/parse-json.ts";

export const RECORD_FILE = "record.json";

const text = v.string("a string");
const texts = v.array(text, "a list of strings");
const number = v.pipe(v.number("a number"), v.finite("a number"));
const numbers = v.array(number, "a list of numbers");
const listOf = <const Item extends v.GenericSchema>(item: Item) => v.array(item, "a list");
const object = <const Entries extends v.ObjectEntries>(entries: Entries) => openObject(entries, "a JSON object");
/** For all steps; the first and the last; or, beside `sigmas`, one a step. */
const perStep = v.union([number, numbers], "a number, or a list of them");
/** Of a file beside the record. */
const fileName = v.pipe(v.string("a file's name"), v.regex(/^[\w-][\w.-]*$/, "a file's name"));
const precision = v.picklist(["int8", "fp32"], "int8 or fp32");

const heldOut = listOf(object({ sigma: number, loss: number }));

const { schedules: _, allowedSteps: __, sampler, steps, sigmaMin, sigmaMax, ...heeded } = SAMPLING.entries;

/** What a sampler heeds of a card's settings and a request's. */
const settings = object({
  ...{ sampler, steps, sigmaMin, sigmaMax },
  ...v.partial(v.object(heeded)).entries,
  /** Per image. */
  evaluations: number,
  /** Of a schedule in place of the grid, with its churn and extrapolation of every step. */
  sigmas: v.optional(numbers),
  churn: v.optional(perStep),
  extrapolation: v.optional(perStep),
  /** Of a schedule's Gaussian start, without its numbers. */
  start: v.optional(object({ squares: number, spread: number, extrapolation: number })),
  /** 1 where it is not given, as of guidance. */
  temperature: v.optional(number),
  guidance: v.optional(number),
});

const figures = object({
  fid: number,
  precision: number,
  recall: number,
  classAccuracy: number,
  inceptionScore: number,
  nearestPixels: number,
  nearestFeatures: number,
});

/**
 * What images are held against, and whose features they are compared in (measure/classifiers/classifier.ts); before
 * there were judges it was always the tuning classifier.
 */
const reference = object({
  classifier: v.optional(v.picklist(["judging", "tuning"], "judging or tuning"), "tuning"),
  ...{ data: text, trainingImages: number, testImages: number, testAccuracy: number },
});

const quality = object({
  command: text,
  precision,
  runtime: text,
  /** Of data that has a classifier. */
  images: v.optional(
    object({
      settings,
      count: number,
      seed: text,
      reference,
      generated: figures,
      real: figures,
      realCount: number,
      accuracyByClass: numbers,
      imagesByClass: numbers,
      /** The same images by the classifier that settings and checkpoints were chosen with. */
      tuning: v.optional(object({ reference, generated: figures, real: figures })),
    }),
  ),
  /** Over all test images. */
  heldOut,
});

const summary = { fid: number, classAccuracy: number };
const measured = object({ settings, ...summary });

/** FID of so many real test images. */
const realFid = object({ count: number, fid: number });

const tuning = object({ command: text, precision, seed: text, reference, realFid, results: listOf(measured) });

const comparison = object({
  command: text,
  seed: text,
  /** The file that the settings were chosen with. */
  tunedOn: precision,
  reference,
  realFids: listOf(realFid),
  /** The same by the classifier that they were chosen with. */
  tuning: v.optional(object({ reference, realFids: listOf(realFid) })),
  /** On what was compared, a paragraph each. */
  remarks: texts,
  /** `nfe` is the place on the axis. */
  entries: listOf(object({ ...measured.entries, precision, nfe: number, count: number, tuning: v.optional(object(summary)) })),
  picture: fileName,
});

/** What the pictures of `npx anneal effects` show. */
const effect = object({ command: text, caption: text, picture: fileName, alt: text });

const SCHEMA = object({
  /** Command lines that made the files, in this order. */
  commands: texts,
  /**
   * Of the run: SHA-256 of its config.json and checkpoint.safetensors, one behind the other, of its training images,
   * and the commit that began it.
   */
  origin: v.optional(object({ run: text, data: v.optional(text), commit: v.optional(text) })),
  /** Of the run that the model is of, or of its last one. */
  training: v.optional(
    object({
      seconds: v.optional(number),
      processors: texts,
      /** Where guidance was distilled: how the teacher was guided, and the images that it had seen. */
      guidance: v.optional(object({ weight: number, sigmaMax: number })),
      imagesBefore: number,
      heldOut,
      /** Test images that it is the mean of: all of them where it is not given. */
      heldOutImages: v.optional(number),
    }),
  ),
  export: object({
    /** int8 against fp32, in dB; null where no pixel differs. */
    psnr: v.nullable(number),
    /** Largest error of onnxruntime against TensorFlow.js, fp32. */
    maxError: number,
    /** Sizes of the model files by name. */
    bytes: v.record(v.string(), number, "a JSON object"),
  }),
  /** What was measured with the files as they are. */
  quality: listOf(quality),
  tuning: listOf(tuning),
  comparison: v.optional(comparison),
  effects: listOf(effect),
  /** Paragraphs of Markdown, by hand; they outlast an export. */
  notes: texts,
});

export type ModelRecord = v.InferOutput<typeof SCHEMA>;
export type RecordedQuality = v.InferOutput<typeof quality>;
export type Tuning = v.InferOutput<typeof tuning>;
export type Comparison = v.InferOutput<typeof comparison>;
export type RecordedSettings = v.InferOutput<typeof settings>;
export type Figures = Readonly<v.InferOutput<typeof figures>>;
export type RecordedReference = v.InferOutput<typeof reference>;

/** The record in a folder. Throws a UserError when there is none or it is not as it must be. */
export function readRecord(folder: string): ModelRecord {
  const path = join(folder, RECORD_FILE);
  return parseJson(SCHEMA, readJson(path, `the ${RECORD_FILE} of an export in \`${folder}\``), path);
}

/** The content of record.json. Throws a UserError for what could not be read again, such as a figure that is NaN. */
export function recordJson(record: ModelRecord): string {
  const json = JSON.stringify(record, null, 2);
  parseJson(SCHEMA, JSON.parse(json), RECORD_FILE);
  return `${json}\n`;
}

/** Pictures beside the record that show what was measured, not how the model was trained. */
export const measuredPictures = ({ comparison, effects }: ModelRecord): string[] => [
  ...(comparison ? [comparison.picture] : []),
  ...effects.map(({ picture }) => picture),
];
