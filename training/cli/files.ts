/** Reads and writes regular files. A written file is complete or absent. */
import * as fs from "node:fs";
import { dirname, resolve } from "node:path";
import { UserError } from "./user-error.ts";

/** Undefined where nothing is. Throws a UserError for what cannot be followed, such as a link to itself. */
function statsOf(path: string): fs.Stats | undefined {
  try {
    return fs.statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return undefined;
    throw new UserError(`\`${path}\` cannot be read: ${(error as Error).message}`);
  }
}

export const isFolder = (path: string): boolean => statsOf(path)?.isDirectory() === true;

/** The bytes of a regular file that is not empty: devices and pipes may never end. Throws an Error with why. */
export function readRegularFile(path: string): Uint8Array<ArrayBuffer> {
  const stats = fs.statSync(path, { throwIfNoEntry: false });
  if (!stats) throw new Error("there is no such file");
  if (!stats.isFile()) throw new Error(stats.isDirectory() ? "it is a folder" : "it is not a regular file");
  if (stats.size === 0) throw new Error("it is empty");
  const { buffer, byteOffset, byteLength } = fs.readFileSync(path);
  return new Uint8Array(buffer, byteOffset, byteLength); // a plain Uint8Array, since Buffer's slice and toString differ
}

/** Replaces the file, behind links, at once. Throws a UserError if it fails, as where a device or a pipe is: what was there stays. */
export function writeFileAtomically(path: string, content: Uint8Array | string): void {
  try {
    const place = fs.existsSync(path) ? fs.realpathSync(path) : path;
    if (fs.statSync(place, { throwIfNoEntry: false })?.isFile() === false) throw new Error("it is not a regular file");
    replaceFile(place, content);
  } catch (error) {
    throw new UserError(`\`${path}\` cannot be written: ${(error as Error).message}`);
  }
}

function replaceFile(path: string, content: Uint8Array | string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  const file = fs.openSync(temporary, "w");
  try {
    try {
      fs.writeFileSync(file, content);
      fs.fsyncSync(file);
    } finally {
      fs.closeSync(file);
    }
    fs.renameSync(temporary, path);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}

/** Throws an Error unless the folder can be written or made. */
export function expectWritable(folder: string): void {
  let existing = resolve(folder);
  while (!fs.existsSync(existing)) existing = dirname(existing);
  fs.accessSync(existing, fs.constants.W_OK);
  if (!isFolder(existing)) throw new Error(`${existing} is not a folder`);
}

/** Throws a UserError where one of these files is there, unless it may be replaced. What is no file is refused where it is written. */
export function expectFree(paths: readonly string[], force = false): void {
  const existing = paths.filter((path) => statsOf(path)?.isFile());
  if (existing.length > 0 && !force)
    throw new UserError(`\`${existing[0]}\` is there already (${existing.length} of ${paths.length} files): --force replaces it`);
}

/** Throws a UserError unless the folder is new or empty and can be written. */
export function expectNewFolder(folder: string): void {
  try {
    if (fs.existsSync(folder) && fs.readdirSync(folder).length > 0) throw new Error("it holds other files");
    expectWritable(folder);
  } catch (error) {
    throw new UserError(`\`${folder}\` cannot become a new folder: ${(error as Error).message}`);
  }
}

/** Makes a folder and its parents, or throws a UserError. */
export function makeFolder(folder: string): void {
  try {
    fs.mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new UserError(`The folder \`${folder}\` cannot be made: ${(error as Error).message}`);
  }
}

/** The JSON value in a file. Throws a UserError if the file is missing or not JSON. */
export function readJson(path: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(readRegularFile(path)));
  } catch (error) {
    throw new UserError(`\`${path}\` cannot be read: ${(error as Error).message}`);
  }
}
