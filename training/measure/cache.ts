/** Caches slowly computed numbers in files, for later runs and for continuing interrupted ones. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { makeFolder, writeFileAtomically } from "../cli/files.ts";

/** The numbers in the file `path`. If there is no such file, `compute` makes them. */
export async function cachedFloats(path: string, compute: () => Float32Array | Promise<Float32Array>): Promise<Float32Array> {
  if (existsSync(path)) {
    const bytes = readFileSync(path);
    return new Float32Array(Uint8Array.from(bytes).buffer);
  }
  const values = await compute();
  makeFolder(dirname(path));
  writeFileAtomically(path, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return values;
}

/** Twelve hexadecimal digits that identify the contents. */
export function digest(...contents: readonly (NodeJS.ArrayBufferView | string)[]): string {
  const hash = createHash("sha256");
  for (const content of contents) hash.update(content).update("\0");
  return hash.digest("hex").slice(0, 12);
}
