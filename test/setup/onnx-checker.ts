/** Python's `onnx`, an independent oracle of model files. Needs python3 with its venv module. */
import { join } from "node:path";
import { pythonWith, succeeds } from "./python.ts";

/** The path of a Python that can `import onnx`, in the virtual environment `folder`; undefined, said on the console, where python3 is missing. Throws as `pythonWith` does. */
export async function onnxPython(folder?: string): Promise<string | undefined> {
  if (await succeeds("python3", "--version")) return join(await pythonWith("onnx==1.23.2", folder), "bin", "python");
  console.warn("no python3: the tests with the ONNX checker are skipped");
  return undefined;
}
