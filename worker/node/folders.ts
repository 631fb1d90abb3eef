/**
 * What the verbs of `anneal` that are programs of worker/ share: the settings that `training/worker.ts` parses and passes on, the models
 * that a command line names, by file or by the folder of `model.onnx`, and how a user's mistake ends the process.
 */
import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { simd } from "../../wasm-model/engine/simd.ts";
import { ModelError } from "../../wasm-model/model/card.ts";
import { MODEL_FILE } from "../../wasm-model/model/model.ts";
import { readModel as readOnnx } from "../../wasm-model/model/onnx/reader.ts";
import { type ServedModel, servedModel } from "../service/models.ts";

/** The settings that the command line passes on. */
export const settings = <T>(): T => JSON.parse(process.argv[2]) as T;

/** Ends the process after a user's mistake: one line, exit code 2. */
export function fail(message: string): never {
  console.error(message);
  process.exit(2);
}

/** Ends the process for a path without a model that our engine runs, or whose model cannot be served beside the others. */
export async function readModels(paths: readonly string[]): Promise<ServedModel[]> {
  const models: ServedModel[] = [];
  for (const path of paths) {
    const model = await readModel(path);
    const { name } = model;
    const twin = models.findIndex((entry) => entry.name === name);
    if (twin >= 0) failFor("folders of models with different names", `"${paths[twin]}" and "${path}", both of ${name}`);
    models.push(model);
  }
  return models;
}

/** Ends the process for a path without a model that our engine runs. */
export async function readModel(path: string): Promise<ServedModel> {
  const modelPath = existsSync(path) && statSync(path).isDirectory() ? join(path, MODEL_FILE) : path;
  if (!existsSync(modelPath)) failFor(`a folder with ${MODEL_FILE}`, `"${path}"`);
  if (!statSync(modelPath).isFile()) failFor("a regular file", `"${modelPath}", which is not one`);
  const file = new Uint8Array(await readFile(modelPath));
  try {
    await simd.load(readOnnx(file));
    return servedModel(file);
  } catch (error) {
    if (error instanceof ModelError) fail(`"${path}" cannot be served: ${error.message}`);
    throw error;
  }
}

const failFor = (expected: string, received: string): never => fail(`Expected ${expected} for \`model\` but received ${received}`);
