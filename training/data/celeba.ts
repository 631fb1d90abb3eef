/**
 * CelebA in its authors' layout (Liu et al. 2015): `img_align_celeba/*.jpg`, aligned faces of 178 x 218;
 * `list_attr_celeba.txt`, a line with the number of images, one with the names of 40 attributes, and one per image with
 * its name and 1 or -1 for each attribute; `list_eval_partition.txt`, a line per image with its name and 0 (training),
 * 1 (validation, not used) or 2 (test). Its licence forbids redistribution, so it is never downloaded.
 */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../cli/user-error.ts";
import { UNKNOWN_LICENCE } from "./datasets.ts";
import type { EncodedSet } from "./decoded-set.ts";
import { folderSource, stampOf } from "./folder-source.ts";
import { readFile } from "./idx.ts";
import type { Layout, PlacedFile } from "./layout.ts";

/** Side of the central square that is kept, without most of the background, as usual since Song & Ermon 2019. */
const CUT = 140;

const PARTS = { images: "img_align_celeba", attributes: "list_attr_celeba.txt", partition: "list_eval_partition.txt" } as const;
/** The authors' sub-folders, which copies often leave out. */
const SUBFOLDERS = { images: "Img", attributes: "Anno", partition: "Eval" } as const;

/** The path of one part in `folder`, or undefined. */
function find(folder: string, part: keyof typeof PARTS): string | undefined {
  return [join(folder, PARTS[part]), join(folder, SUBFOLDERS[part], PARTS[part])].find((path) => existsSync(path));
}

export const isCeleba = (folder: string): boolean => find(folder, "images") !== undefined && find(folder, "partition") !== undefined;

/**
 * `celeba` by name: the user's own copy in `dataDir` or the folder in ANNEAL_DATA, directly or in a sub-folder
 * `celeba`. Throws a UserError.
 */
export function locateCeleba(dataDir: string | undefined, variable: string | undefined): string {
  const given = dataDir ?? variable;
  const folders = given === undefined || given === "" ? [] : [given, join(given, "celeba")];
  const found = folders.find(isCeleba);
  if (found !== undefined) return found;
  const received = folders.length > 0 ? `they are not in ${folders.join(" or ")}` : "received nothing";
  throw new UserError(
    `Expected the folder of CelebA's files (${Object.values(PARTS).join(", ")}), which Anneal may not distribute, for \`data-dir\` or ANNEAL_DATA but ${received}`,
  );
}

/**
 * Its training and test images. Images with and without the attribute `classBy` are two classes; without `classBy`
 * there is one class. Throws a UserError.
 */
export function celeba(folder: string, classBy: string | undefined): EncodedSet {
  const source = folderSource(find(folder, "images") as string);
  const partition = find(folder, "partition") as string;
  const attributes = find(folder, "attributes");
  if (classBy !== undefined && attributes === undefined)
    throw new UserError(`Expected the file ${PARTS.attributes} in \`${folder}\` for \`class-by\` but it is not there`);
  const stamps = [partition, ...(attributes === undefined ? [] : [attributes])].map((path) => stampOf(statSync(path)));
  const labels = classBy === undefined ? undefined : readAttribute(attributes as string, classBy);
  const classes = classBy === undefined ? ["face"] : [`not ${classBy}`, classBy];
  return {
    source: { ...source, name: "celeba", place: folder, fingerprint: JSON.stringify([source.fingerprint, stamps]) },
    layout: layOutCeleba(source.paths, readPartition(partition), labels, classes),
    cut: CUT,
    licence: UNKNOWN_LICENCE,
  };
}

function layOutCeleba(
  paths: readonly string[],
  partition: ReadonlyMap<string, string>,
  labels: ReadonlyMap<string, number> | undefined,
  classes: readonly string[],
): Layout {
  const splits = new Map([
    ["0", "train"],
    ["2", "test"],
  ] as const);
  const known = paths.filter((path) => partition.has(path)).sort();
  const files = known.flatMap((path): PlacedFile[] => {
    const split = splits.get(partition.get(path) as "0" | "2");
    const label = labels === undefined ? 0 : labels.get(path);
    return split === undefined || label === undefined ? [] : [{ path, split, label }];
  });
  const skipped = paths.filter((path) => !partition.has(path)).map((path) => ({ path, reason: `not in ${PARTS.partition}` }));
  return { classes, files: files.sort((a, b) => a.label - b.label), skipped };
}

const linesOf = (path: string): string[][] =>
  new TextDecoder()
    .decode(readFile(path))
    .split("\n")
    .map((line) => line.trim().split(/\s+/));

const readPartition = (path: string): Map<string, string> => new Map(linesOf(path).map(([name, part]) => [name, part]));

/** 1 for the images that have the attribute, 0 for the others. */
function readAttribute(path: string, attribute: string): Map<string, number> {
  const [, names = [], ...rows] = linesOf(path);
  const column = names.indexOf(attribute);
  if (column < 0) throw new UserError(`Expected one of ${names.join(", ")} for \`class-by\` but received "${attribute}"`);
  return new Map(rows.map(([name, ...values]) => [name, values[column] === "1" ? 1 : 0]));
}
