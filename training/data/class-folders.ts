/** Assigns each image a class and a split by its folder: from paths alone, the same in Node and on the page. */
import { listed } from "../../wasm-model/schema/text.ts";
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

/** What the names of images end with. */
export const IMAGE_NAMES: readonly string[] = ["png", "jpg", "jpeg", "webp", "gif", "avif"];

/** What data sets have beside `train` and `test`. */
const VALIDATION = ["val", "valid", "validation"];

/** What systems leave beside images: a file or a folder of this name. */
export const isClutter = (name: string): boolean => name.startsWith(".") || ["__MACOSX", "Thumbs.db", "desktop.ini"].includes(name);

/** A path as every system sorts and writes it: a Mac parts a letter from its accent. */
export const pathOf = (path: string): string => path.normalize("NFC");

/**
 * Sub-folders of the folder are classes, with all that is in them; without any all images are of `setName`. If it has a folder `train`,
 * and `test` or nothing but one for validation beside it, its classes are those of `train` and `test`. `names`: what images' names end with.
 */
export function layOut(found: readonly string[], setName: string, names = IMAGE_NAMES): ClassFolders {
  const skipped: Skipped[] = [];
  const skip = (path: string, reason: string): [] => {
    skipped.push({ path, reason });
    return [];
  };
  const paths = found.map(pathOf).filter((path) => !path.split("/").some(isClutter));
  const images = paths.sort().filter((path) => {
    const ending = path.slice(path.lastIndexOf(".") + 1).toLowerCase();
    if (names.includes(ending)) return true;
    skip(path, ["heic", "heif"].includes(ending) ? "HEIC (convert it to JPEG)" : "not named like an image");
    return false;
  });

  const tops = new Set(images.flatMap((path) => (path.includes("/") ? [path.split("/")[0]] : [])));
  const beside = [...tops].filter((top) => !["train", "test", ...VALIDATION].includes(top)).map((top) => `"${top}"`);
  const hasSplits = tops.has("train") && (tops.has("test") || beside.length === 0);
  const inSplits = images.flatMap((path) => {
    if (!hasSplits) return [{ path, split: "train" as const, rest: path }];
    const [, top, rest] = /^([^/]*)\/(.*)$/s.exec(path) ?? [];
    if (top === "train" || top === "test") return [{ path, split: top as SplitName, rest }];
    const isValidation = VALIDATION.includes(top);
    return skip(path, isValidation ? `in "${top}", since a tenth of "train" is held out for that` : "outside train and test");
  });
  const hasClasses = inSplits.some(({ rest }) => rest.includes("/"));
  const inClasses = inSplits.flatMap(({ path, split, rest }) => {
    if (!hasClasses) return [{ path, split, className: pathOf(setName) }];
    const end = rest.indexOf("/");
    return end < 0 ? skip(path, "beside the folders of classes") : [{ path, split, className: rest.slice(0, end) }];
  });

  const classes = [...new Set(inClasses.flatMap(({ split, className }) => (split === "train" ? [className] : [])))].sort();
  const labels = new Map(classes.map((name, label) => [name, label]));
  const files = inClasses.flatMap(({ path, split, className }) => {
    const label = labels.get(className);
    return label === undefined ? skip(path, "of a class without training images") : [{ path, split, label }];
  });
  const note = hasSplits || !tops.has("train") ? undefined : `"train" is a class, since other folders are beside it: ${listed(beside)}`;
  return { classes, files: files.sort((a, b) => a.label - b.label), skipped, note };
}
