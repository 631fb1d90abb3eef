/**
 * The folder that `npx anneal dataset` writes: `train/{class}/{number}.png` and `test/{class}/{number}.png`, whose
 * numbers are the set's own order, and `dataset.json` with what names of files cannot say.
 */
import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as v from "valibot";
import { integer, openObject, text } from "../../wasm-model/schema/fields.ts";
import { expectNewFolder, makeFolder } from "../cli/files.ts";
import { parseJson, readJson } from "../cli/parse-json.ts";
import { progress } from "../cli/progress.ts";
import { UserError } from "../cli/user-error.ts";
import type { SplitName } from "./hold-out.ts";

export const ABOUT = "dataset.json";

/** Of images whose licence nobody named. */
export const UNKNOWN_LICENCE = "unknown";

const side = integer(1, 65_535);
const SCHEMA = openObject(
  {
    /** SPDX identifier, or "unknown". */
    licence: text(),
    /** The name of each class in label order, with its folder: a folder's name cannot have a slash. */
    classes: v.array(openObject({ folder: text(), name: text() }, "a folder and a name"), "a list of classes"),
    /** The size of all images, if it suits a network. */
    size: v.optional(openObject({ width: side, height: side }, "a width and a height")),
  },
  "a JSON object",
);
export type AboutSet = v.InferOutput<typeof SCHEMA>;

/** What `dataset.json` says; undefined for other folders. Throws a UserError if it is damaged. */
export function aboutSet(folder: string): AboutSet | undefined {
  const path = join(folder, ABOUT);
  return existsSync(path) ? parseJson(SCHEMA, readJson(path), path) : undefined;
}

export interface SetImage {
  readonly split: SplitName;
  readonly label: number;
  readonly png: Uint8Array;
}

export interface KnownSet extends Pick<AboutSet, "licence" | "size"> {
  /** Class names in label order. */
  readonly labels: readonly string[];
  readonly count: number;
  /** In the set's own order, made one by one. */
  readonly images: AsyncIterable<SetImage> | Iterable<SetImage>;
}

/** Writes the folder `out`, which is complete or absent. Throws a UserError unless it is new or empty and can be written. */
export async function writeSet(out: string, { licence, labels, size, count, images }: KnownSet): Promise<Record<SplitName, number>> {
  expectNewFolder(out);
  const classes = labels.map((name) => ({ folder: name.replaceAll("/", "-"), name }));
  const temporary = `${resolve(out)}.${process.pid}.tmp`;
  const counts = { train: 0, test: 0 };
  const bar = progress("writing images", count);
  try {
    for (const split of ["train", "test"]) for (const { folder } of classes) makeFolder(join(temporary, split, folder));
    for await (const { split, label, png } of images) {
      const name = `${String(counts[split]++).padStart(6, "0")}.png`;
      writeFileSync(join(temporary, split, classes[label].folder, name), png);
      bar.update(counts.train + counts.test);
    }
    writeFileSync(join(temporary, ABOUT), `${JSON.stringify({ licence, classes, size }, null, 2)}\n`);
    renameSync(temporary, resolve(out));
    return counts;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new UserError(`Expected to be able to write the images to \`${out}\` but ${(error as Error).message}`);
  } finally {
    bar.stop(); // a running bar keeps the process alive
    rmSync(temporary, { recursive: true, force: true });
  }
}
