/** Model files as the commands read them. */
import { readFileSync } from "node:fs";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import type { Model } from "../../wasm-model/model/onnx/writer.ts";
import { UserError } from "./user-error.ts";

/** The fp32 model in the file that was given for `option`. Throws a UserError for a missing, damaged or quantized one. */
export function readFp32Model(path: string, option: string): Model {
  const { model } = read(path, option, "model-fp32.onnx");
  if (model.weights.convolutions.size === 0) return model;
  throw new UserError(`Expected an fp32 model for \`${option}\` but received "${path}", which is quantized`);
}

/** The bytes of the int8 model that was given for `option`. Throws a UserError for a missing, damaged or fp32 one. */
export function readInt8Model(path: string, option: string): Uint8Array<ArrayBuffer> {
  const { bytes, model } = read(path, option, "model.onnx");
  if (model.weights.convolutions.size > 0) return bytes;
  throw new UserError(`Expected an int8 model for \`${option}\` but received "${path}", which is fp32`);
}

function read(path: string, option: string, expected: string): { readonly bytes: Uint8Array<ArrayBuffer>; readonly model: Model } {
  try {
    const bytes = new Uint8Array(readFileSync(path));
    return { bytes, model: readModel(bytes) };
  } catch (error) {
    throw new UserError(`Expected a ${expected} for \`${option}\` but received "${path}": ${(error as Error).message}`);
  }
}
