/** A model's files as a command line names them: by their folder, or by `model.onnx`. In Node. */
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { MODEL_FILE, TEACHER_FILE } from "../../wasm-model/model/pair.ts";

export interface FilePaths {
  readonly model: string;
  /** Of a student. */
  readonly teacher?: string;
}

/** Their paths. `model.onnx` need not be there. */
export function filesAt(path: string): FilePaths {
  const model = path.endsWith(".onnx") ? path : join(path, MODEL_FILE);
  const teacher = join(dirname(model), TEACHER_FILE);
  return basename(model) === MODEL_FILE && existsSync(teacher) ? { model, teacher } : { model };
}
