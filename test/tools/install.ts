/**
 * Tools whose dependencies conflict with those of the project. Installed on first use, and again after a change of the
 * lockfile.
 */
import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";

const FOLDER = import.meta.dirname;

const changed = (path: string): number => statSync(join(FOLDER, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Throws an Error with the output of npm if it fails. */
export function installTools(): void {
  if (changed("node_modules/.package-lock.json") > changed("package-lock.json")) return;
  const { status, stderr } = spawnSync("npm", ["ci", "--prefix", FOLDER, "--no-audit", "--no-fund"], { encoding: "utf8" });
  if (status !== 0) throw new Error(`Expected npm to install the tools of ${FOLDER} but it ended with ${status}: ${stderr}`);
}

/** The path of a file in an installed package. */
export const toolPath = (path: string): string => join(FOLDER, "node_modules", path);
