/** Temporary files of tools and benches; tests have `temporaryFolder`. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** An empty folder, until this process ends. */
export function scratchFolder(name: string): string {
  const folder = newFolder(name);
  process.once("exit", () => removeFolder(folder));
  return folder;
}

/** `.ci/run` fails where folders of such names are left. */
export const newFolder = (name: string): string => mkdtempSync(join(tmpdir(), `anneal-${name}-`));

/** A browser that ends may still write. */
export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
