/**
 * CelebA in its authors' layout (Liu et al. 2015): `img_align_celeba/*.jpg`, aligned faces of 178 x 218;
 * `list_attr_celeba.txt`, a line with the number of images, one with the names of 40 attributes, and one per image with
 * its name and 1 or -1 for each attribute; `list_eval_partition.txt`, a line per image with its name and 0 (training),
 * 1 (validation, not used) or 2 (test). Its licence forbids redistribution, so it is never downloaded.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expectInstalled } from "../../training/cli/peers.ts";
import { UserError } from "../../training/cli/user-error.ts";
import { UNKNOWN_LICENCE } from "../../training/data/written-set.ts";
import type { KnownSet, SetImage } from "./known-set.ts";
import { readFile } from "./known-sets.ts";

/** The central square that is kept, without most of the background, as usual since Song & Ermon 2019. */
const CUT = { left: 19, top: 39, width: 140, height: 140 };

const [IMAGES, PARTITION, ATTRIBUTES] = ["img_align_celeba", "list_eval_partition.txt", "list_attr_celeba.txt"];
/** The authors' sub-folders, which copies often leave out. */
const FOLDERS = [".", "Img", "Eval", "Anno"];

/**
 * The images in the folder `from`. Those with and without the attribute `classBy` are two classes; without `classBy`
 * there is one class. Throws a UserError if something is missing or damaged.
 */
export async function celeba(from: string | undefined, classBy: string | undefined): Promise<KnownSet> {
  const pathOf = (part: string): string => {
    const path = from === undefined ? undefined : FOLDERS.map((folder) => join(from, folder, part)).find((one) => existsSync(one));
    if (path !== undefined) return path;
    const received = from === undefined ? "received nothing" : `\`${from}\` has no ${part}`;
    throw new UserError(`Expected the folder of CelebA's files, which Anneal may not distribute, for \`from\` but ${received}`);
  };
  const [folder, partition] = [pathOf(IMAGES), linesOf(pathOf(PARTITION))];
  const labelOf = classBy === undefined ? () => 0 : byAttribute(pathOf(ATTRIBUTES), classBy);
  const files = partition.flatMap(([name, part]) => {
    const split = part === "0" ? ("train" as const) : part === "2" ? ("test" as const) : undefined;
    return split === undefined ? [] : [{ split, label: labelOf(name), path: join(folder, name) }];
  });
  expectInstalled("reading image files", ["sharp"]);
  const { default: sharp } = await import("sharp");
  async function* images(): AsyncGenerator<SetImage> {
    for (const { path, ...file } of files) {
      const png = await sharp(readFile(path), { failOn: "error" })
        .extract(CUT)
        .png()
        .toBuffer()
        .catch((error: Error) => {
          throw new UserError(`Expected an image of 178x218 pixels in \`${path}\` but ${error.message}`);
        });
      yield { ...file, png };
    }
  }
  const labels = classBy === undefined ? ["face"] : [`not ${classBy}`, classBy];
  return { licence: UNKNOWN_LICENCE, labels, count: files.length, images: images() };
}

const linesOf = (path: string): string[][] =>
  new TextDecoder()
    .decode(readFile(path))
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/));

/** The label of a file's name: 1 for the images that have the attribute, 0 for the others. */
function byAttribute(path: string, attribute: string): (name: string) => number {
  const [, names = [], ...rows] = linesOf(path);
  const column = names.indexOf(attribute);
  if (column < 0) throw new UserError(`Expected one of ${names.join(", ")} for \`class-by\` but received "${attribute}"`);
  const having = new Set(rows.flatMap(([name, ...values]) => (values[column] === "1" ? [name] : [])));
  return (name) => (having.has(name) ? 1 : 0);
}
