/** Programs of this machine that tests need. */
import { execFileSync } from "node:child_process";
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

/**
 * Path of the program that runs: as the environment names it, else from the PATH, else the other one. Throws an error
 * that says how to install it.
 */
export function findProgram({ title, variable, commands, otherPath, advice }: Program): string {
  const { [variable]: named, PATH = "" } = process.env;
  if (named) {
    if (runs(named)) return named;
    throw new Error(`Expected the path of a ${title} for \`${variable}\` but received ${named}`);
  }
  const installed = PATH.split(delimiter).flatMap((folder) => commands.map((name) => join(folder, name)));
  const found = [...installed, otherPath].find(runs);
  if (found) return found;
  throw new Error(`Expected ${title} on this machine but found none: ${advice}, or set ${variable} to its path`);
}

/** Some distributions have stubs of browsers, which only tell how to install one. */
function runs(path: string): boolean {
  try {
    return /\d+\.\d+/.test(execFileSync(path, ["--version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], timeout: 30_000 }));
  } catch {
    return false;
  }
}
