/**
 * record.json: what is known about a model besides its card. It says how the model was trained and exported and which
 * command measured what, and has paragraphs written by hand. The model's page, README.md, is rendered from it.
 */
import { join } from "node:path";
import * as v from "valibot";
import { RECORD_FILE } from "../../wasm-model/model/recorded.ts";
import { SAMPLING } from "../../wasm-model/sampling/settings.ts";
import { openObject } from "../../wasm-model/schema/fields.ts";
import { parseJson, readJson } from "../cli/parse-json.ts";

export { RECORD_FILE };

const text = v.string("a string");
const texts = v.array(text, "a list of strings");
const number = v.pipe(v.number("a number"), v.finite("a number"));
const numbers = v.array(number, "a list of numbers");
const listOf = <const Item extends v.GenericSchema>(item: Item) => v.array(item, "a list");
const object = <const Entries extends v.ObjectEntries>(entries: Entries) => openObject(entries, "a JSON object");
/** One number for all steps; two for the first and the last; or, beside `sigmas`, one for each step. */
const perStep = v.union([number, numbers], "a number, or a list of them");
/** Name of a file beside the record. */
const fileName = v.pipe(v.string("a file's name"), v.regex(/^[\w-][\w.-]*$/, "a file's name"));
const precision = v.picklist(["int8", "fp32"], "int8 or fp32");

const heldOut = listOf(object({ sigma: number, loss: number }));

const { schedules: _, sampler, steps, sigmaMin, sigmaMax, ...heeded } = SAMPLING.entries;

/** The settings of a card and a request that the sampler uses. */
const settings = object({
  ...{ sampler, steps, sigmaMin, sigmaMax },
  ...v.partial(v.object(heeded)).entries,
  /** Network evaluations per image. */
  evaluations: number,
  /** Of a schedule that replaces the grid; churn and extrapolation then have a value for each step. */
  sigmas: v.optional(numbers),
  churn: v.optional(perStep),
  extrapolation: v.optional(perStep),
  /** A schedule's Gaussian start, without its numbers. */
  start: v.optional(object({ squares: number, spread: number, extrapolation: number })),
  /** 1 if missing; so is guidance. */
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
 * The data and classifier that images are compared by (measure/classifiers/classifier.ts). Before there were judging
 * classifiers it was always the tuning one.
 */
const reference = object({
  classifier: v.optional(v.picklist(["judging", "tuning"], "judging or tuning"), "tuning"),
  ...{ data: text, trainingImages: number, testImages: number, testAccuracy: number },
});

const quality = object({
  command: text,
  precision,
  runtime: text,
  /** Only for data with a classifier. */
  images: v.optional(
    object({
      settings,
      count: number,
      seed: text,
      reference,
      generated: figures,
      real: figures,
      accuracyByClass: numbers,
      imagesByClass: numbers,
      /** The same images' figures by the tuning classifier, which chose settings and checkpoints. */
      tuning: v.optional(object({ reference, generated: figures, real: figures })),
      /**
       * Of several sets of `count` images, the figures of each. `generated` is then their mean, by either classifier,
       * and the figures by class are those of all images.
       */
      sets: v.optional(listOf(object({ seed: text, generated: figures, tuning: v.optional(figures) }))),
    }),
  ),
  /** Over all test images. */
  heldOut,
});

const summary = { fid: number, classAccuracy: number };
const measured = object({ settings, ...summary });

/** FID of that many real test images. */
const realFid = object({ count: number, fid: number });

const comparison = object({
  command: text,
  seed: text,
  /** The file that the settings were chosen on. */
  tunedOn: precision,
  reference,
  realFids: listOf(realFid),
  /** The same by the tuning classifier, which chose them. */
  tuning: v.optional(object({ reference, realFids: listOf(realFid) })),
  /** Remarks on the comparison, a paragraph each. */
  remarks: texts,
  /** `nfe` is the position on the NFE axis. */
  entries: listOf(object({ ...measured.entries, precision, nfe: number, count: number, tuning: v.optional(object(summary)) })),
  picture: fileName,
});

/** What the images of `npm run lab -- effects` show. */
const effect = object({ command: text, caption: text, picture: fileName, alt: text });

const SCHEMA = object({
  /** Command lines that made the files, in order. */
  commands: texts,
  /**
   * SHA-256 of the run's config.json followed by its checkpoint.safetensors; SHA-256 of its training images; and the
   * commit that began it.
   */
  origin: v.optional(object({ run: text, data: v.optional(text), commit: v.optional(text) })),
  /** The run that made the model, or the last one of several. */
  training: v.optional(
    object({
      seconds: v.optional(number),
      processors: texts,
      /** If guidance was distilled: how the teacher was guided, and the number of images that it was trained on. */
      guidance: v.optional(object({ weight: number, sigmaMax: number })),
      imagesBefore: number,
      heldOut,
      /** Test images that the losses are averaged over; all of them if missing. */
      heldOutImages: v.optional(number),
    }),
  ),
  export: object({
    /** int8 against fp32, in dB; null if no pixel differs. */
    psnr: v.nullable(number),
    /** Largest error of onnxruntime against TensorFlow.js, fp32. */
    maxError: number,
    /** Of model.onnx; missing in exports of earlier versions. */
    sha256: v.optional(text),
    /** Sizes of the model files by name. */
    bytes: v.record(v.string(), number, "a JSON object"),
  }),
  /** Measurements of the files as they are now. */
  quality: listOf(quality),
  comparison: v.optional(comparison),
  effects: listOf(effect),
  /** Paragraphs of Markdown, written by hand; an export keeps them. `notes` are on how the model was made. */
  intendedUse: v.optional(texts),
  limits: v.optional(texts),
  notes: texts,
});

export type ModelRecord = v.InferOutput<typeof SCHEMA>;
export type RecordedQuality = v.InferOutput<typeof quality>;
export type RecordedImages = NonNullable<RecordedQuality["images"]>;
export type RealFid = Readonly<v.InferOutput<typeof realFid>>;
export type Comparison = v.InferOutput<typeof comparison>;
export type RecordedSettings = v.InferOutput<typeof settings>;
export type Figures = Readonly<v.InferOutput<typeof figures>>;
export type RecordedReference = v.InferOutput<typeof reference>;

/** The record in a folder. Throws a UserError if it is missing or invalid. */
export function readRecord(folder: string): ModelRecord {
  const path = join(folder, RECORD_FILE);
  return parseJson(SCHEMA, readJson(path, `the ${RECORD_FILE} of an export in \`${folder}\``), path);
}

/** The content of record.json. Throws a UserError for values that could not be read again, such as NaN. */
export function recordJson(record: ModelRecord): string {
  const json = JSON.stringify(record, null, 2);
  parseJson(SCHEMA, JSON.parse(json), RECORD_FILE);
  return `${json}\n`;
}

/** The images of measurements, which are files beside the record. The training's images are not among them. */
export const measuredImages = ({ comparison, effects }: ModelRecord): string[] => [
  ...(comparison ? [comparison.picture] : []),
  ...effects.map(({ picture }) => picture),
];
