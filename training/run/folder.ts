/** The folder of a run. */
import { existsSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { expectWritable } from "../cli/files.ts";
import { UserError } from "../cli/user-error.ts";

export const CONFIG = "config.json";

/** Throws a UserError unless the folder is new or empty and a run can be created there. */
export function expectNewRun(folder: string): void {
  if (existsSync(join(folder, CONFIG))) {
    throw new UserError(`Expected a new folder for \`out\` but \`${folder}\` holds a run already: add --resume to go on with it`);
  }
  try {
    if (existsSync(folder) && readdirSync(folder).length > 0) throw new Error("it holds other files");
    expectWritable(dirname(resolve(folder)));
  } catch (error) {
    throw notNew(folder, error);
  }
}

export const notNew = (folder: string, error: unknown): UserError =>
  new UserError(`Expected a new or empty folder that can be written for \`out\` but received \`${folder}\`: ${(error as Error).message}`);
