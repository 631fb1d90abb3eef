/** Programs of this machine that tests need. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

export interface Program {
  /** What people call it. */
  readonly title: string;
  /** The environment variable that names its path. */
  readonly variable: string;
  /** Its commands, the first is preferred. */
  readonly commands: readonly string[];
  /** Where else it may be. */
  readonly otherPath: string;
  /** How to install it, in words. */
  readonly advice: string;
}

/** Path of the program: as the environment names it, else from the PATH, else the other one. Throws an error that says how to install it. */
export function findProgram({ title, variable, commands, otherPath, advice }: Program): string {
  const { [variable]: named, PATH = "" } = process.env;
  if (named) {
    if (isExecutable(named)) return named;
    throw new Error(`Expected the path of a ${title} for \`${variable}\` but received ${named}`);
  }
  const installed = PATH.split(delimiter).flatMap((folder) => commands.map((name) => join(folder, name)));
  const found = [...installed, otherPath].find(isExecutable);
  if (found) return found;
  throw new Error(`Expected ${title} on this machine but found none: ${advice}, or set ${variable} to its path`);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
