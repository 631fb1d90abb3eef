/** Models as the build finds them: each a folder with `model.onnx`. In Node. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { ModelError } from "../../wasm-model/model/model-error.ts";
import { isModelName, MODEL_NAME } from "../../wasm-model/model/name.ts";
import { simd } from "../../wasm-model/runtime/simd.ts";
import { entryOf, type ModelEntry } from "./entry.ts";

/** The most bytes of a static asset. */
export const MAX_ASSET = 26_214_400;

/** A folder that cannot be served. */
export class FolderError extends Error {}

export interface ModelFolder {
  readonly entry: ModelEntry;
  readonly file: Uint8Array<ArrayBuffer>;
}

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
  const path = join(folder, "model.onnx");
  const { size } = await stat(path).catch(() => {
    throw fault("a folder with model.onnx", `"${folder}"`);
  });
  if (size > MAX_ASSET) throw fault(`a model.onnx of at most ${MAX_ASSET} bytes`, `"${path}" of ${size} bytes`);
  const file = new Uint8Array(await readFile(path));
  try {
    await simd.load(file);
  } catch (error) {
    if (error instanceof ModelError) throw fault("a folder with a model.onnx that our engine runs", `"${path}": ${error.message}`);
    throw error;
  }
  const entry = entryOf(file);
  if (!isModelName(entry.name))
    throw fault(`a model with a name of ${MODEL_NAME}`, `"${path}", which is called ${JSON.stringify(entry.name)}`);
  return { entry, file };
}

const fault = (expected: string, received: string): FolderError =>
  new FolderError(`Expected ${expected} for \`model\` but received ${received}`);
