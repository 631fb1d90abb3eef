/** What the archives have in common: names that may not lead out of them, and a bound on what comes out of a few bytes. */
import { UserError } from "../cli/user-error.ts";
import { isClutter } from "./source.ts";

/** An archive may unpack to so many bytes, and beyond that to so many times its own size. Pictures are compressed already. */
const FREE_BYTES = 2 ** 26;
const MOST_RATIO = 100;

/** Counts what an archive of `size` bytes unpacks to; `add` throws a UserError when it is absurdly much. */
export class UnpackedBytes {
  private total = 0;
  private readonly place: string;
  private readonly size: number;

  constructor(place: string, size: number) {
    this.place = place;
    this.size = size;
  }

  add(bytes: number): void {
    this.total += bytes;
    if (this.total > FREE_BYTES + MOST_RATIO * this.size) {
      throw new UserError(
        `Expected an archive that unpacks to at most ${MOST_RATIO} times its ${this.size} bytes for \`data\` but received "${this.place}", which goes on beyond that`,
      );
    }
  }
}

/** Whether the name leads out of the folder that an archive is unpacked to. */
export const leadsOut = (name: string): boolean => /^([/\\]|[a-z]:)/i.test(name) || name.split(/[\\/]/).includes("..");

export const outside = (place: string, name: string): UserError =>
  new UserError(`Expected names that stay inside the archive "${place}" for \`data\` but received ${JSON.stringify(name)}`);

export const damaged = (place: string, error: unknown): UserError =>
  error instanceof UserError
    ? error
    : new UserError(`Expected a whole archive for \`data\` but "${place}" is truncated or damaged (${(error as Error).message})`);

/**
 * Names of an archive's files -> their paths as a source has them: without clutter, and without the folders that all of them lie in, as archives are
 * often made of one folder. A folder `train` counts as content.
 */
export function pathsInside(names: readonly string[]): Map<string, string> {
  const clean = new Map(names.map((name) => [name, name.normalize("NFC").replace(/^(\.\/)+/, "")]));
  let paths = [...clean].filter(([, path]) => !isClutter(path));
  while (paths.length > 0) {
    const end = paths[0][1].indexOf("/") + 1;
    const top = paths[0][1].slice(0, end);
    if (end === 0 || top === "train/" || !paths.every(([, path]) => path.startsWith(top))) break;
    paths = paths.map(([name, path]) => [name, path.slice(end)]);
  }
  return new Map(paths);
}
