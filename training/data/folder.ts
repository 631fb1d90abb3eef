/** The files of a folder. Paths have slashes. */
import { readdirSync, realpathSync, type Stats, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { UserError } from "../cli/user-error.ts";
import { isClutter, pathOf } from "./class-folders.ts";

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

interface FoundFile {
  /** Below the folder. */
  readonly relative: string;
  readonly path: string;
  readonly stats: Stats | undefined;
}

/** The files in a folder and its sub-folders, as they are found. Links are followed, but no folder is read twice: they may form circles. */
function* filesBelow(place: string, prefix = "", seen = new Set<string>()): Generator<FoundFile> {
  const real = realpathSync(place);
  if (seen.has(real)) return;
  seen.add(real);
  for (const name of readdirSync(place).sort()) {
    if (isClutter(name)) continue;
    const [path, relative] = [join(place, name), `${prefix}${pathOf(name)}`];
    const stats = statsOf(path);
    if (stats?.isDirectory()) yield* filesBelow(path, `${relative}/`, seen);
    else yield { relative, path, stats };
  }
}

/** Throws a UserError unless it is a folder. */
export function expectFolder(place: string): void {
  if (!statsOf(place)?.isDirectory())
    throw new UserError(`Expected a folder of images for \`data\` but received "${place}"; unpack archives first`);
}

/** The files in a folder and its sub-folders. Throws a UserError if it cannot be read. */
export function imageFolder(place: string): ImageFolder {
  const files = new Map<string, FoundFile>();
  try {
    for (const file of filesBelow(place)) files.set(file.relative, file);
  } catch (error) {
    throw new UserError(`The folder of \`data\`, "${place}", cannot be read: ${(error as Error).message}`);
  }
  return {
    place,
    name: pathOf(basename(resolve(place))),
    paths: [...files.keys()],
    async read(relative) {
      const { path, stats } = files.get(relative) as FoundFile;
      if (stats && !stats.isFile()) throw new UnusableFile("not a regular file"); // a device has no end
      if (stats?.size === 0) throw new UnusableFile("empty");
      if ((stats?.size ?? 0) > LARGEST_FILE) throw new UnusableFile(`larger than ${LARGEST_FILE / 2 ** 20} MB`);
      return readFile(path).catch(() => {
        throw new UnusableFile("not readable");
      });
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
