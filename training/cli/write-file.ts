/** Files that are either complete or not there. */
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import { UserError } from "./user-error.ts";

/** Writes to a temporary file beside the target, then renames. Throws a UserError when the folder is not writable or full; the target is then as it was. */
export function writeFileAtomically(path: string, content: Uint8Array | string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(temporary, "w");
    try {
      const bytes = typeof content === "string" ? Buffer.from(content) : content;
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new UserError(`Expected to be able to write \`${path}\` but ${(error as Error).message}`);
  }
}

/** Throws an Error unless the folder can be written or made. */
export function expectWritable(folder: string): void {
  let existing = resolve(folder);
  while (!existsSync(existing)) existing = dirname(existing);
  accessSync(existing, constants.W_OK);
  if (!statSync(existing).isDirectory()) throw new Error(`${existing} is no folder`);
}

/** Makes a folder and those above it, unless they exist. Throws a UserError; Node's own `recursive` never returns where, as in /proc, a parent cannot be made. */
export function makeFolder(folder: string): void {
  const path = resolve(folder);
  if (!existsSync(dirname(path))) makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    if (existsSync(path) && statSync(path).isDirectory()) return;
    throw new UserError(`Expected a folder that can be made or exists but \`${path}\` is none: ${(error as Error).message}`);
  }
}
