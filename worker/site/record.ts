/**
 * What a model's page reads of its record.json (training/export/record.ts), with the check of the build: a folder whose
 * record is another one is refused.
 */
import * as v from "valibot";
import { type Fault, faultOf, type Immutable, openObject } from "../../wasm-model/schema/fields.ts";

const text = v.string("a string");
const texts = v.array(text, "a list of strings");
const listOf = <const Item extends v.GenericSchema>(item: Item) => v.array(item, "a list");

const section = openObject({ title: text, commands: texts, tables: listOf(listOf(texts)), notes: texts });

const RECORD = openObject({ commands: texts, figures: listOf(section), intendedUse: texts, limits: texts, notes: texts }, "a JSON object");

export type RecordOnPage = Immutable<v.InferOutput<typeof RECORD>>;

/** The first fault of a record; undefined if the page can be made of it. */
export function faultOfRecord(json: string): Fault | undefined {
  try {
    return faultOf(RECORD, JSON.parse(json));
  } catch {
    return { name: "", expected: "a JSON object", received: "something else" };
  }
}
