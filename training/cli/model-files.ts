/** Reads the models and images that commands are given. */
import { existsSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { decodeUpload, loadModel, type Model, type Pixels } from "../../wasm-model/index.ts";
import { DEFAULT_MODEL, MODEL_FILE } from "../../wasm-model/model/model.ts";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import type { ModelContents } from "../../wasm-model/model/onnx/writer.ts";
import { faultOfExport, RECORD_FILE } from "../../wasm-model/model/recorded.ts";
import type { UploadShape } from "../../wasm-model/render/image/upload.ts";
import { simd } from "../../wasm-model/runtime/simd.ts";
import { readRegularFile } from "./files.ts";
import { UserError } from "./user-error.ts";

/** `path`: the model's file or its folder. Throws an Error that says why a file cannot be read. */
export const readModelFile = (path: string): Uint8Array<ArrayBuffer> =>
  readWholeModel(statSync(path).isDirectory() ? join(path, MODEL_FILE) : path);

/** The bytes of a model's file. Throws an Error for a `model.onnx` whose record is that of another, after an interrupted export. */
export function readWholeModel(path: string): Uint8Array<ArrayBuffer> {
  const bytes = readRegularFile(path);
  const record = join(dirname(path), RECORD_FILE);
  const isExport = basename(path) === MODEL_FILE && existsSync(record);
  const fault = isExport ? faultOfExport(new TextDecoder().decode(readRegularFile(record)), bytes) : undefined;
  if (fault !== undefined) throw new Error(fault);
  return bytes;
}

/** The file of the package's default model. */
export const packagedModel = (): string => createRequire(import.meta.url).resolve(`anneal/models/${DEFAULT_MODEL}.onnx`);

/** The file of the base: in a clone where it was made, in the package one of the site's files, which "Your pictures" fetches. */
export function baseFile(): string {
  const root = dirname(createRequire(import.meta.url).resolve("anneal/package.json"));
  const made = join(root, "wasm-model/models/base/model-fp16.onnx");
  return existsSync(made) ? made : join(root, "dist/site/base.onnx");
}

/**
 * The fp32 model in the file that was given for `option`. Throws a UserError for a missing, damaged or quantized one.
 */
export function readFp32Model(path: string, option: string): ModelContents {
  const model = readAnyModel(path, option, "model-fp32.onnx");
  if (model.weights.convolutions.size === 0) return model;
  throw new UserError(`Expected an fp32 model for \`${option}\` but received "${path}", which is quantized`);
}

/** The model in the file that was given for `option`: fp32, int8 or in half precision. Throws a UserError for another file. */
export function readAnyModel(path: string, option: string, expected = "model file"): ModelContents {
  try {
    return readModel(readRegularFile(path));
  } catch (error) {
    throw new UserError(`Expected a ${expected} for \`${option}\` but received "${path}": ${(error as Error).message}`);
  }
}

/**
 * The model at `path`, a file or a folder; the package's model by default. Throws a UserError for a file that cannot be
 * read, ModelError for one that is not a model.
 */
export async function openModel(path: string = packagedModel()): Promise<Model> {
  let file: Uint8Array;
  try {
    file = readModelFile(path);
  } catch (error) {
    throw new UserError(`Expected a model's file for \`model.onnx\` but received "${path}": ${(error as Error).message}`);
  }
  return loadModel(file, { runtime: simd });
}

/**
 * The PNG file that was given for `option`, with the given shape (render/image/upload.ts). Throws a `UserError` if it
 * is missing, not a regular file (a device has no end) or not such a PNG.
 */
export function readPng(path: string, option: string, shape: UploadShape): Pixels {
  try {
    return decodeUpload(readRegularFile(path), shape);
  } catch (error) {
    const expected = `a PNG file of ${shape.width}x${shape.height} pixels`;
    throw new UserError(`Expected ${expected} for \`${option}\` but received "${path}": ${(error as Error).message}`);
  }
}
