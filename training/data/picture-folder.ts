/** A folder of pictures as a source. */
import { readdirSync, realpathSync, type Stats, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { UserError } from "../cli/user-error.ts";
import { isClutter, LARGEST_FILE, nameOf, type PictureSource, tooLarge, Unusable } from "./source.ts";

/** The pictures in a folder and below it, through symbolic links too. Throws a UserError when the folder cannot be read. */
export function pictureFolder(place: string): PictureSource {
  const files = new Map<string, { readonly path: string; readonly stats: Stats | undefined }>();
  try {
    walk(resolve(place), "", []);
  } catch (error) {
    throw new UserError(`Expected a folder that can be read for \`data\` but received "${place}": ${(error as Error).message}`);
  }

  /** `above`: the real folders on the way here; a link back to one of them leads nowhere new. */
  function walk(folder: string, prefix: string, above: readonly string[]): void {
    const real = realpathSync(folder);
    if (above.includes(real)) return;
    for (const name of readdirSync(folder).sort()) {
      const relative = `${prefix}${name.normalize("NFC")}`;
      if (isClutter(name)) continue;
      const path = join(folder, name);
      const stats = statSync(path, { throwIfNoEntry: false });
      if (stats?.isDirectory()) walk(path, `${relative}/`, [...above, real]);
      else files.set(relative, { path, stats });
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
            if ((file.stats?.size ?? 0) > LARGEST_FILE) throw tooLarge();
            return readFile(file.path).catch(() => {
              throw new Unusable("not readable");
            });
          },
        };
      }
    },
  };
}

/** What changes with a file's content. */
export const stampOf = ({ size, mtimeMs, ctimeMs }: Stats): readonly number[] => [size, mtimeMs, ctimeMs];
