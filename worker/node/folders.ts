/**
 * What the verbs of `anneal` that are programs of worker/ share: the settings that `training/worker.ts` parses and passes on, the models
 * that a command line names, by file or by the folder of `model.onnx`, and how a user's mistake ends the process.
 */
import { existsSync, readdirSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { simd } from "../../wasm-model/engine/simd.ts";
import { ModelError } from "../../wasm-model/model/card.ts";
import { MODEL_FILE } from "../../wasm-model/model/model.ts";
import { readModel as readOnnx } from "../../wasm-model/model/onnx/reader.ts";
import { type ServedModel, servedModel } from "../service/models.ts";
import type { Bytes } from "../service/send.ts";

/** The most bytes of a static asset. */
export const MAX_ASSET = 26_214_400;

/** Where a project has its models. The default one is the file MODEL_FILE, others have files of their names. */
export const MODELS = "models";

/** The models of the project in this folder, the default one first. */
export const projectModels = (): string[] =>
  [MODEL_FILE, ...readdirSync(MODELS).filter((path) => path.endsWith(".onnx") && path !== MODEL_FILE)].map((path) => join(MODELS, path));

/** The settings that the command line passes on. */
export const settings = <T>(): T => JSON.parse(process.argv[2]) as T;

/** Ends the process after a user's mistake: one line, exit code 2. */
export function fail(message: string): never {
  console.error(message);
  process.exit(2);
}

/** The result of `work`; a `FolderError` ends the process. */
export async function orFail<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof FolderError) return fail(error.message);
    throw error;
  }
}

/** A folder that cannot be served. */
export class FolderError extends Error {}

/**
 * Throws `FolderError` for a path without a model that our engine runs, or whose model cannot be served beside the
 * others.
 */
export async function readModels(paths: readonly string[]): Promise<ServedModel[]> {
  const models: ServedModel[] = [];
  for (const path of paths) {
    const model = await readModel(path);
    const { name } = model;
    const twin = models.findIndex((entry) => entry.name === name);
    if (twin >= 0) throw folderError("folders of models with different names", `"${paths[twin]}" and "${path}", both of ${name}`);
    models.push(model);
  }
  return models;
}

/** Throws `FolderError` for a path without a model that our engine runs. */
export async function readModel(path: string): Promise<ServedModel> {
  const modelPath = existsSync(path) && statSync(path).isDirectory() ? join(path, MODEL_FILE) : path;
  const file = await readModelFile(modelPath);
  if (!file) throw folderError(`a folder with ${MODEL_FILE}`, `"${path}"`);
  return nameModelInErrors(path, () => servedModel(file));
}

/** A model file that may be an asset and that our engine runs; undefined if there is no file. */
async function readModelFile(path: string): Promise<Bytes | undefined> {
  if (!existsSync(path)) return undefined;
  const stats = statSync(path);
  if (!stats.isFile()) throw folderError("a regular file", `"${path}", which is ${stats.isDirectory() ? "a folder" : "not one"}`);
  if (stats.size === 0) throw folderError("a model's file", `"${path}", which is empty`); // files of /proc claim to be, and may have no end
  if (stats.size > MAX_ASSET) throw folderError(`a ${basename(path)} of at most ${MAX_ASSET} bytes`, `"${path}" of ${stats.size} bytes`);
  const file = new Uint8Array(await readFile(path));
  await nameModelInErrors(path, () => simd.load(readOnnx(file)));
  return file;
}

/** The result of `check`, whose `ModelError` becomes a `FolderError` that names `path`. */
async function nameModelInErrors<T>(path: string, check: () => T | Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof ModelError) throw new FolderError(`"${path}" cannot be served: ${error.message}`);
    throw error;
  }
}

const folderError = (expected: string, received: string): FolderError =>
  new FolderError(`Expected ${expected} for \`model\` but received ${received}`);
