/**
 * Models as the build finds them: each a folder with `model.onnx`, a student's with `teacher.onnx` too, and in `versions` the folders that the model had before. In Node.
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { ModelError } from "../../wasm-model/model/model-error.ts";
import { MODEL_FILE, TEACHER_FILE } from "../../wasm-model/model/pair.ts";
import { simd } from "../../wasm-model/runtime/simd.ts";
import { assetPath, entryOf, type ModelEntry, type ModelFileName, versionsOf } from "../models/entry.ts";

/** The most bytes of a static asset. */
export const MAX_ASSET = 26_214_400;

/** A folder that cannot be served. */
export class FolderError extends Error {}

export interface ModelFolder {
  readonly entry: ModelEntry;
  /** Of all its versions, by their paths among the assets. */
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

/** The sub-folder of a model's folder with its earlier versions, each in a folder of any name. */
const VERSIONS = "versions";

/** Throws `FolderError` for a folder without a model that our engine runs, or with one that cannot be served beside the others. */
export async function readModels(folders: readonly string[]): Promise<ModelFolder[]> {
  const models: ModelFolder[] = [];
  for (const folder of folders) {
    const model = await readModel(folder);
    const { name } = model.entry;
    const twin = models.findIndex(({ entry }) => entry.name === name);
    if (twin >= 0) throw fault("folders of models with different names", `"${folders[twin]}" and "${folder}", both of ${name}`);
    models.push(model);
  }
  return models;
}

async function readModel(folder: string): Promise<ModelFolder> {
  const file = await readModelFile(folder, MODEL_FILE);
  if (!file) throw fault(`a folder with ${MODEL_FILE}`, `"${folder}"`);
  const teacher = await readModelFile(folder, TEACHER_FILE);
  const entry = await checked(folder, () => entryOf(file, teacher));
  const { name } = entry;
  const files = new Map([[assetPath(entry, MODEL_FILE), file]]);
  if (teacher) files.set(assetPath(entry, TEACHER_FILE), teacher);
  const earlier = new Map<string, ModelEntry>();
  for (const version of await foldersIn(join(folder, VERSIONS))) {
    const before = await readModel(version);
    if (before.entry.name !== name) throw fault(`a version of ${name}`, `"${version}", whose model is called ${before.entry.name}`);
    for (const { earlier: _, ...known } of versionsOf(before.entry)) if (known.version !== entry.version) earlier.set(known.version, known);
    for (const [path, bytes] of before.files) files.set(path, bytes);
  }
  return { entry: earlier.size > 0 ? { ...entry, earlier: [...earlier.values()] } : entry, files };
}

/** In the order of their names; none where there is no such folder. */
async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return names.sort().map((name) => join(folder, name));
}

/** A file that may be an asset and that our engine runs; undefined where there is none. */
async function readModelFile(folder: string, name: ModelFileName): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const path = join(folder, name);
  const size = await stat(path).then(
    (file) => file.size,
    () => undefined,
  );
  if (size === undefined) return undefined;
  if (size > MAX_ASSET) throw fault(`a ${name} of at most ${MAX_ASSET} bytes`, `"${path}" of ${size} bytes`);
  const file = new Uint8Array(await readFile(path));
  await checked(path, () => simd.load(file));
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
