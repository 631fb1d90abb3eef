/** Folders that tests write. */
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { afterAll } from "vitest";
import { newFolder, removeFolder } from "./scratch.ts";

const ROOT = resolve(import.meta.dirname, "../..");

/** An empty folder, until the tests of this file or `describe` are done. */
export function temporaryFolder(name: string): string {
  const folder = newFolder(name);
  afterAll(() => removeFolder(folder));
  return folder;
}

export function writeFolder(folder: string, files: Readonly<Record<string, Uint8Array | string>>): string {
  mkdirSync(folder, { recursive: true });
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  return folder;
}

/** Copies what git would have of this tree if all of it were committed. */
export function copyTree(into: string): void {
  const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: ROOT, encoding: "utf8" });
  for (const name of files.split("\0").filter((name) => name && existsSync(join(ROOT, name)))) {
    mkdirSync(dirname(join(into, name)), { recursive: true });
    copyFileSync(join(ROOT, name), join(into, name));
  }
}
