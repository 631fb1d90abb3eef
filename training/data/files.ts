/** A folder with the four files of an IDX data set, each plain or gzipped. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../cli/user-error.ts";
import { FILES, type FileRole, type NamedDataset } from "./datasets.ts";
import { readMaybeGzipped } from "./idx.ts";

export const ROLES = Object.keys(FILES) as FileRole[];

/** The path of one file of the data set in `folder`, or undefined if it is not there. */
export function findFile(folder: string, role: FileRole): string | undefined {
  return [FILES[role], `${FILES[role]}.gz`].map((name) => join(folder, name)).find((path) => existsSync(path));
}

/** Whether `folder` has all four files. */
export function hasAllFiles(folder: string): boolean {
  return ROLES.every((role) => findFile(folder, role) !== undefined);
}

/** The decompressed bytes of one file. With `dataset`, its checksum is verified. Throws a UserError if it is missing, unreadable or another file. */
export function readDatasetFile(folder: string, role: FileRole, dataset?: NamedDataset): { bytes: Uint8Array; path: string } {
  const path = findFile(folder, role);
  if (path === undefined)
    throw new UserError(`Expected the file ${FILES[role]} (or ${FILES[role]}.gz) in \`${folder}\` but it is not there`);
  const bytes = readMaybeGzipped(path);
  if (dataset !== undefined) {
    const md5 = createHash("md5").update(bytes).digest("hex");
    if (md5 !== dataset.md5[role]) {
      throw new UserError(
        `Expected the MD5 ${dataset.md5[role]} of the decompressed \`${path}\` but received ${md5}: it is not ${dataset.name}'s`,
      );
    }
  }
  return { bytes, path };
}
