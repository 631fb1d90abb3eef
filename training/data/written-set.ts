/** `dataset.json`, in a folder of a known data set's images: what names of files cannot say. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { openObject, text } from "../../wasm-model/schema/fields.ts";
import { parseJson, readJson } from "../cli/parse-json.ts";
import { SIDE } from "./conversion.ts";

export const ABOUT = "dataset.json";

/** The licence of images if nobody names one. */
export const UNKNOWN_LICENCE = "unknown";

const SCHEMA = openObject(
  {
    /** SPDX identifier, or "unknown". */
    licence: text(),
    /** The name of each class in label order, with its folder: a folder's name cannot have a slash. */
    classes: v.array(openObject({ folder: text(), name: text() }, "a folder and a name"), "a list of classes"),
    /** The size of all images, if it suits a network. */
    size: v.optional(openObject({ width: SIDE, height: SIDE }, "a width and a height")),
  },
  "a JSON object",
);
export type AboutSet = v.InferOutput<typeof SCHEMA>;

/** What `dataset.json` says; undefined for other folders. Throws a UserError if it is damaged. */
export function aboutSet(folder: string): AboutSet | undefined {
  const path = join(folder, ABOUT);
  return existsSync(path) ? parseJson(SCHEMA, readJson(path), path) : undefined;
}
