/** Reads the models that commands are given. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { simd } from "../../wasm-model/engine/simd.ts";
import type { Model } from "../../wasm-model/index.ts";
import { DEFAULT_MODEL, MODEL_FILE } from "../../wasm-model/model/model.ts";
import { type ModelFile, type ModelHead, readFinisher, readModel } from "../../wasm-model/model/onnx/reader.ts";
import type { Weights } from "../../wasm-model/network/quantization.ts";
import { isFolder, readRegularFile } from "./files.ts";
import { UserError } from "./user-error.ts";

/** The file of the package's default model. */
export const packagedModel = (): string => createRequire(import.meta.url).resolve(`anneal/models/${DEFAULT_MODEL}.onnx`);

/** A file that runs start from: in a clone where it was made, in the package one of the site's files, which "Your pictures" fetches. */
function startFile(name: string, file: string): string {
  const root = dirname(createRequire(import.meta.url).resolve("anneal/package.json"));
  const made = join(root, "wasm-model/models", name, file);
  return existsSync(made) ? made : join(root, `dist/site/${name}.onnx`);
}

export const baseFile = (): string => startFile("base", "model-fp16.onnx");

export const firstMatte = (): Weights => readFinisher("matte", readRegularFile(startFile("matte", MODEL_FILE)));

/** The fp32 file beside `model.onnx`. */
export const FP32_FILE = "model-fp32.onnx";

/**
 * The model in the file that was given for `option`, in any precision, or in its folder the first of these `names`. Throws a UserError
 * for another file.
 */
export function readAnyModel(
  path: string,
  option: string,
  expected = "model file",
  names = [FP32_FILE, MODEL_FILE],
): ModelFile & ModelHead {
  try {
    const inside = isFolder(path) ? names.map((name) => join(path, name)).find((file) => existsSync(file)) : path;
    return readModel(readRegularFile(inside ?? path), true);
  } catch (error) {
    throw new UserError(`Expected a ${expected} for \`${option}\` but received "${path}": ${(error as Error).message}`);
  }
}

/** The model at `path`, a file or a folder. Throws a UserError if it cannot be read, ModelError if it does not run. */
export async function openModel(path: string = packagedModel()): Promise<Model> {
  const file = readAnyModel(path, "model.onnx", "model's file", [MODEL_FILE]);
  return { card: file.card, version: file.version, denoiser: await simd.load(file) };
}
