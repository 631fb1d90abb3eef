/** The files of a folder. Paths have slashes and Unicode form NFC, so that every system sorts them alike. */
import { lstatSync, readdirSync, type Stats, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { UserError } from "../cli/user-error.ts";
import { ABOUT } from "./written-set.ts";

export interface ImageFolder {
  /** The folder as its owner names it, for messages. */
  readonly place: string;
  /** Name of the data set. */
  readonly name: string;
  /** All files that may matter, in any order. */
  readonly paths: readonly string[];
  /** The bytes of the file at a path. Throws an UnusableFile if it cannot be read. */
  read(path: string): Promise<Uint8Array>;
}

/** Why a file is skipped; its message is a few words, such as "larger than 128 MB". */
export class UnusableFile extends Error {
  override name = "UnusableFile";
}

/** Larger files are skipped, in bytes. */
const LARGEST_FILE = 2 ** 27;

/** The files in a folder and its sub-folders, including symbolic links. Throws a UserError if it cannot be read. */
export function imageFolder(place: string): ImageFolder {
  const files = new Map<string, { readonly path: string; readonly stats: Stats | undefined }>();
  /** Reads each folder once, by its identity, since links may form circles or lead to folders that are here already. */
  const seen = new Set<string>();
  const links: { readonly path: string; readonly prefix: string }[] = [];
  try {
    walk(resolve(place), "");
    for (const { path, prefix } of links) walk(path, prefix); // walk() appends to it meanwhile
  } catch (error) {
    throw new UserError(`Expected a folder that can be read for \`data\` but received "${place}": ${(error as Error).message}`);
  }

  function walk(folder: string, prefix: string): void {
    const { dev, ino } = statSync(folder, { bigint: true });
    if (seen.has(`${dev}:${ino}`)) return;
    seen.add(`${dev}:${ino}`);
    for (const name of readdirSync(folder).sort()) {
      const relative = `${prefix}${name.normalize("NFC")}`;
      if (isClutter(name) || relative === ABOUT) continue;
      const path = join(folder, name);
      const stats = statsOf(path);
      if (!stats?.isDirectory()) files.set(relative, { path, stats });
      else if (lstatSync(path).isSymbolicLink()) links.push({ path, prefix: `${relative}/` });
      else walk(path, `${relative}/`);
    }
  }

  return {
    place,
    name: basename(resolve(place)),
    paths: [...files.keys()],
    async read(relative) {
      const { path, stats } = files.get(relative) as { path: string; stats: Stats | undefined };
      if (stats && !stats.isFile()) throw new UnusableFile("not a regular file"); // a device has no end
      if (stats?.size === 0) throw new UnusableFile("empty"); // as endless files of /proc pose
      if ((stats?.size ?? 0) > LARGEST_FILE) throw new UnusableFile(`larger than ${LARGEST_FILE / 2 ** 20} MB`);
      return readFile(path).catch(() => {
        throw new UnusableFile("not readable");
      });
    },
  };
}

/** Files that systems leave beside images: dot files, macOS resource forks, thumbnails. */
const isClutter = (name: string): boolean => name.startsWith(".") || ["__MACOSX", "Thumbs.db", "desktop.ini"].includes(name);

/** Undefined for a link that leads nowhere or to itself. */
function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
