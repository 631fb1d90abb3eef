/** Assigns each image a class and a split by its folder. */
import { CLASS_NAME } from "../../wasm-model/model/card.ts";
import { faultOf } from "../../wasm-model/schema/fields.ts";
import { listed } from "../../wasm-model/schema/text.ts";
import { UserError } from "../cli/user-error.ts";
import type { PlacedFile, SplitName } from "./hold-out.ts";

export interface Skipped {
  readonly path: string;
  /** A few words. */
  readonly reason: string;
}

export interface ClassFolders {
  /** Sorted by code unit. */
  readonly classes: readonly string[];
  /** Sorted by label, then by path, by code unit. */
  readonly files: readonly PlacedFile[];
  readonly skipped: readonly Skipped[];
  /** On a class that looks like a split. */
  readonly note?: string | undefined;
}

const IMAGES = new Set(["png", "jpg", "jpeg", "webp", "gif", "avif"]);
const extensionOf = (path: string): string => path.slice(path.lastIndexOf(".") + 1).toLowerCase();

export const isImageName = (path: string): boolean => IMAGES.has(extensionOf(path));
const MAX_CLASSES = 10_000;

/** What data sets have beside `train` and `test`. */
const VALIDATION = ["val", "valid", "validation"];

/**
 * Sub-folders of the folder are classes, with all that is in them; without any all images are of `setName`. Of a folder that has only
 * `train`, and perhaps `test` and one for validation, they are those of `train` and `test`. Throws a UserError for names that no model
 * can have, and where other folders stand beside both.
 */
export function layOut(paths: readonly string[], setName: string): ClassFolders {
  const skipped: Skipped[] = [];
  const skip = (path: string, reason: string): [] => {
    skipped.push({ path, reason });
    return [];
  };
  const images = paths.toSorted().filter((path) => {
    if (isImageName(path)) return true;
    skip(path, ["heic", "heif"].includes(extensionOf(path)) ? "HEIC (convert it to JPEG)" : "not named like an image");
    return false;
  });

  const tops = new Set(images.flatMap((path) => (path.includes("/") ? [path.split("/")[0]] : [])));
  const beside = [...tops].filter((top) => !["train", "test", ...VALIDATION].includes(top)).map((top) => `"${top}"`);
  const hasSplits = tops.has("train") && beside.length === 0;
  if (tops.has("train") && tops.has("test") && !hasSplits)
    throw new UserError(`Expected classes in the folders "train" and "test" of \`data\` alone but received ${listed(beside)} beside them`);
  const inSplits = images.flatMap((path) => {
    if (!hasSplits) return [{ path, split: "train" as const, rest: path }];
    const [, top, rest] = /^([^/]*)\/(.*)$/s.exec(path) ?? [];
    if (top === "train" || top === "test") return [{ path, split: top as SplitName, rest }];
    return skip(path, top === undefined ? "outside train and test" : `in "${top}", since a tenth of "train" is held out for that`);
  });
  const hasClasses = inSplits.some(({ rest }) => rest.includes("/"));
  const inClasses = inSplits.flatMap(({ path, split, rest }) => {
    if (!hasClasses) return [{ path, split, className: setName }];
    const end = rest.indexOf("/");
    return end < 0 ? skip(path, "beside the folders of classes") : [{ path, split, className: rest.slice(0, end) }];
  });

  const classes = [...new Set(inClasses.flatMap(({ split, className }) => (split === "train" ? [className] : [])))].sort();
  expectClasses(classes);
  const labels = new Map(classes.map((name, label) => [name, label]));
  const files = inClasses.flatMap(({ path, split, className }) => {
    const label = labels.get(className);
    return label === undefined ? skip(path, "of a class without training images") : [{ path, split, label }];
  });
  const note = hasSplits || !tops.has("train") ? undefined : `"train" is a class, since other folders are beside it: ${listed(beside)}`;
  return { classes, files: files.sort((a, b) => a.label - b.label), skipped, note };
}

/** Throws a UserError, before images are decoded, for a name that the model's card may not have. */
export function expectName(schema: typeof CLASS_NAME, received: string, what: string): void {
  const fault = faultOf(schema, received);
  if (fault) throw new UserError(`Expected ${fault.expected} for ${what} but received ${fault.received}: rename the folder`);
}

function expectClasses(classes: readonly string[]): void {
  if (classes.length > MAX_CLASSES)
    throw new UserError(`Expected at most ${MAX_CLASSES} classes (sub-folders) for \`data\` but received ${classes.length}`);
  for (const name of classes) expectName(CLASS_NAME, name, "the name of each class (sub-folder) of `data`");
}
