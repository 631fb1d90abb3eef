/** A model's files as the commands read them: `model.onnx` and, beside a student's, `teacher.onnx`. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { MODEL_FILE, TEACHER_FILE } from "../../wasm-model/model/pair.ts";

export interface ModelFiles {
  readonly file: Uint8Array<ArrayBuffer>;
  readonly teacher?: Uint8Array<ArrayBuffer> | undefined;
}

/** `path`: the model's file or its folder. Throws an Error of Node for a file that cannot be read. */
export function readModelFiles(path: string): ModelFiles {
  const file = statSync(path).isDirectory() ? join(path, MODEL_FILE) : path;
  const teacher = join(dirname(file), TEACHER_FILE);
  return { file: read(file), teacher: basename(file) === MODEL_FILE && existsSync(teacher) ? read(teacher) : undefined };
}

const read = (path: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(path));

/** The file of the package's model. */
export const packagedModel = (): string => createRequire(import.meta.url).resolve("anneal/models/fashion-mnist.onnx");
