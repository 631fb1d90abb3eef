/** Model files as the commands read them. */
import { readFileSync } from "node:fs";
import { readModel } from "../../wasm-model/model/onnx/reader.ts";
import type { Model } from "../../wasm-model/model/onnx/writer.ts";
import { UserError } from "./user-error.ts";

/** The fp32 model in the file that was given for `option`. Throws a UserError for a missing, damaged or quantized one. */
export function readFp32Model(path: string, option: string): Model {
  let model: Model;
  try {
    model = readModel(readFileSync(path));
  } catch (error) {
    throw new UserError(`Expected a model-fp32.onnx for \`${option}\` but received "${path}": ${(error as Error).message}`);
  }
  if (model.weights.convolutions.size === 0) return model;
  throw new UserError(`Expected an fp32 model for \`${option}\` but received "${path}", which is quantized`);
}
