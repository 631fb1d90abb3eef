/**
 * Packages that are no dependencies of the project, because they conflict with those or are large. Each folder of them has
 * a package.json of its own. Installed on first use, and again after a change of the lockfile.
 */
import { type SpawnSyncOptions, spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";

/** Installs the packages of a folder. Throws an Error with the output of npm if it fails. */
export function installPackages(folder: string): void {
  const changed = (path: string): number => statSync(join(folder, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (changed("node_modules/.package-lock.json") > changed("package-lock.json")) return;
  const { status, stderr } = spawnSync("npm", ["ci", "--prefix", folder, "--no-audit", "--no-fund"], { encoding: "utf8" });
  if (status !== 0) throw new Error(`Expected npm to install the packages of ${folder} but it ended with ${status}: ${stderr}`);
}

/** Installs the packages of this folder. */
export const installTools = (): void => installPackages(import.meta.dirname);

/** The path of a file in one of them. */
export const toolPath = (path: string): string => join(import.meta.dirname, "node_modules", path);

/** Runs a script of one of them to its end. It prints here. Gives its exit code. */
export function runTool(script: string, args: readonly string[], options: SpawnSyncOptions = {}): number {
  installTools();
  return spawnSync(process.execPath, [toolPath(script), ...args], { stdio: "inherit", ...options }).status ?? 1;
}
