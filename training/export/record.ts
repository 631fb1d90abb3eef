/**
 * record.json: what is known about a model besides its card. The model's page, README.md, is rendered from both
 * (page.ts).
 */
import { join } from "node:path";
import * as v from "valibot";
import { RECORD_FILE } from "../../wasm-model/model/recorded.ts";
import { type Immutable, openObject } from "../../wasm-model/schema/fields.ts";
import { parseJson, readJson } from "../cli/parse-json.ts";

const text = v.string("a string");
const texts = v.array(text, "a list of strings");
const number = v.pipe(v.number("a number"), v.finite("a number"));
const listOf = <const Item extends v.GenericSchema>(item: Item) => v.array(item, "a list");
const object = <const Entries extends v.ObjectEntries>(entries: Entries) => openObject(entries, "a JSON object");

/** Something that was measured. */
const section = object({
  title: text,
  /** The commands that measured it, as they were typed. */
  commands: texts,
  /** Rows of cells; the first row is the head. */
  tables: listOf(listOf(texts)),
  /** Paragraphs of Markdown. */
  notes: texts,
  /** Files beside the record. */
  pictures: listOf(object({ file: v.pipe(text, v.regex(/^[\w-][\w.-]*$/, "a file's name")), alt: text })),
});

const SCHEMA = object({
  /** Commands that made the files, in order, as they were typed. */
  commands: texts,
  /** The training that made the model, or the last one of several. */
  run: v.optional(section),
  export: object({
    /** int8 against fp32, in dB; null if no pixel differs. */
    psnr: v.nullable(number),
    /** Of model.onnx; missing in exports of earlier versions. */
    sha256: v.optional(text),
    /** Sizes of the model files by name. */
    bytes: v.record(v.string(), number, "a JSON object"),
  }),
  /** SHA-256 of what the model was made from, and its commit, by name. */
  hashes: v.record(v.string(), text, "a JSON object"),
  /** Measurements of the files as they are now. */
  figures: listOf(section),
  /** Paragraphs of Markdown, written by hand; an export keeps them. `notes` are on how the model was made. */
  intendedUse: texts,
  limits: texts,
  notes: texts,
});

/** Among the hashes: of what the run learned and was measured by (data/load.ts). */
export const OF_IMAGES = "SHA-256 of its images";

export type ModelRecord = Immutable<v.InferOutput<typeof SCHEMA>>;
export type Section = ModelRecord["figures"][number];

/** The record in a folder. Throws a UserError if it is missing or invalid. */
export function readRecord(folder: string): ModelRecord {
  const path = join(folder, RECORD_FILE);
  return parseJson(SCHEMA, readJson(path), path);
}
