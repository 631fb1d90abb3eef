/** A folder of images as a source. */
import { lstatSync, readdirSync, type Stats, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { UserError } from "../cli/user-error.ts";
import { type ImageSource, isClutter, LARGEST_FILE, nameOf, tooLarge, Unusable } from "./source.ts";

/**
 * The images in a folder and its sub-folders, including symbolic links. Throws a UserError when the folder cannot be
 * read.
 */
export function folderSource(place: string): ImageSource {
  const files = new Map<string, { readonly path: string; readonly stats: Stats | undefined }>();
  /** Reads each folder once, by its identity, since links may form circles or lead to folders that are here already. */
  const read = new Set<string>();
  const links: { readonly path: string; readonly prefix: string }[] = [];
  try {
    walk(resolve(place), "");
    for (const { path, prefix } of links) walk(path, prefix); // walk() appends to it meanwhile
  } catch (error) {
    throw new UserError(`Expected a folder that can be read for \`data\` but received "${place}": ${(error as Error).message}`);
  }

  function walk(folder: string, prefix: string): void {
    const { dev, ino } = statSync(folder, { bigint: true });
    if (read.has(`${dev}:${ino}`)) return;
    read.add(`${dev}:${ino}`);
    for (const name of readdirSync(folder).sort()) {
      const relative = `${prefix}${name.normalize("NFC")}`;
      if (isClutter(name)) continue;
      const path = join(folder, name);
      const stats = statsOf(path);
      if (!stats?.isDirectory()) files.set(relative, { path, stats });
      else if (lstatSync(path).isSymbolicLink()) links.push({ path, prefix: `${relative}/` });
      else walk(path, `${relative}/`);
    }
  }

  return {
    place,
    name: nameOf(basename(resolve(place))),
    fingerprint: JSON.stringify([...files].map(([path, { stats }]) => [path, stats && stampOf(stats)])),
    paths: [...files.keys()],
    async *read(wanted) {
      for (const [path, file] of files) {
        if (!wanted.has(path)) continue;
        yield {
          path,
          async bytes() {
            const { path, stats } = file;
            if (stats && !stats.isFile()) throw new Unusable("not a regular file");
            if ((stats?.size ?? 0) > LARGEST_FILE) throw tooLarge();
            return readFile(path).catch(() => {
              throw new Unusable("not readable");
            });
          },
        };
      }
    },
  };
}

/** Undefined for a link that leads nowhere or to itself. */
function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** Changes with a file's content. */
export const stampOf = ({ size, mtimeMs, ctimeMs }: Stats): readonly number[] => [size, mtimeMs, ctimeMs];
