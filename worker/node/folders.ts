/**
 * Reads the models that a command line names, by file or folder. A folder has `model.onnx`, and in `versions` the
 * folders of earlier versions. In Node.
 */
import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { ModelError } from "../../wasm-model/model/card.ts";
import { MODEL_FILE } from "../../wasm-model/model/model.ts";
import { readModel as readOnnx } from "../../wasm-model/model/onnx/reader.ts";
import { faultOfExport, RECORD_FILE } from "../../wasm-model/model/recorded.ts";
import { simd } from "../../wasm-model/runtime/simd.ts";
import { assetPath, entryOf, type ModelEntry, versionsOf } from "../models/entry.ts";

/** The most bytes of a static asset. */
export const MAX_ASSET = 26_214_400;

/** A folder that cannot be served. */
export class FolderError extends Error {}

export interface ModelFolder {
  readonly entry: ModelEntry;
  /** The files of all versions, by their paths among the assets. */
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

/** The sub-folder of a model's folder with its earlier versions, each in a folder of any name. */
export const VERSIONS = "versions";

/**
 * Throws `FolderError` for a path without a model that our engine runs, or whose model cannot be served beside the
 * others.
 */
export async function readModels(paths: readonly string[]): Promise<ModelFolder[]> {
  const models: ModelFolder[] = [];
  for (const path of paths) {
    const model = await readModel(path);
    const { name } = model.entry;
    const twin = models.findIndex(({ entry }) => entry.name === name);
    if (twin >= 0) throw fault("folders of models with different names", `"${paths[twin]}" and "${path}", both of ${name}`);
    models.push(model);
  }
  return models;
}

/** Throws `FolderError` for a path without a model that our engine runs. */
export async function readModel(path: string): Promise<ModelFolder> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const modelPath = isFolder ? join(path, MODEL_FILE) : path;
  const file = await readModelFile(modelPath);
  if (!file) throw fault(`a folder with ${MODEL_FILE}`, `"${path}"`);
  const folder = basename(modelPath) === MODEL_FILE ? dirname(modelPath) : undefined; // a file of another name stands alone
  if (folder !== undefined) {
    const record = await readFile(join(folder, RECORD_FILE), "utf8").catch(() => undefined);
    const reason = faultOfExport(record, file);
    if (reason !== undefined) throw fault("the folder of a whole export", `"${path}": ${reason}`);
  }
  const entry = await checked(path, () => entryOf(file));
  const files = new Map([[assetPath(entry), file]]);
  const earlier = new Map<string, ModelEntry>();
  for (const version of folder === undefined ? [] : await foldersIn(join(folder, VERSIONS))) {
    const before = await readModel(version);
    const { name } = before.entry;
    if (name !== entry.name) throw fault(`a version of ${entry.name}`, `"${version}", whose model is called ${name}`);
    for (const { earlier: _, ...known } of versionsOf(before.entry)) if (known.version !== entry.version) earlier.set(known.version, known);
    for (const [path, bytes] of before.files) files.set(path, bytes);
  }
  return { entry: earlier.size > 0 ? { ...entry, earlier: [...earlier.values()] } : entry, files };
}

/**
 * The sub-folders, sorted by name; none if there is no such folder. Throws `FolderError` for a link, which may lead in
 * circles.
 */
async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const link = entries.find((entry) => entry.isSymbolicLink());
  if (link) throw fault("versions in folders of their own", `"${join(folder, link.name)}", which is a link`);
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return names.sort().map((name) => join(folder, name));
}

/** A model file that may be an asset and that our engine runs; undefined if there is no file. */
async function readModelFile(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (!existsSync(path)) return undefined;
  const stats = await stat(path);
  if (!stats.isFile()) throw fault("a regular file", `"${path}", which is ${stats.isDirectory() ? "a folder" : "not one"}`);
  if (stats.size === 0) throw fault("a model's file", `"${path}", which is empty`); // files of /proc claim to be, and may have no end
  if (stats.size > MAX_ASSET) throw fault(`a ${basename(path)} of at most ${MAX_ASSET} bytes`, `"${path}" of ${stats.size} bytes`);
  const file = new Uint8Array(await readFile(path));
  await checked(path, () => simd.load(readOnnx(file)));
  return file;
}

/** The result of `check`, whose `ModelError` becomes a `FolderError` that names `path`. */
async function checked<T>(path: string, check: () => T | Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof ModelError) throw fault("a folder with a model that our engine runs", `"${path}": ${error.message}`);
    throw error;
  }
}

const fault = (expected: string, received: string): FolderError =>
  new FolderError(`Expected ${expected} for \`model\` but received ${received}`);
