/**
 * Python's `onnx`, an independent judge of model files, in the ignored virtual environment `.venv/onnx`: made at the first use, then kept.
 * Needs python3 with its venv module and, once, the Python package index.
 */
import { execFile } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { promisify } from "node:util";

const run = promisify(execFile);
const FOLDER = new URL("../../.venv/onnx", import.meta.url).pathname;

/**
 * The path of a Python that can `import onnx`, from the virtual environment `folder`; undefined, said on the console, on a machine without python3.
 * Throws where there is one but onnx cannot be installed: a test must not vanish because a download failed.
 */
export async function onnxPython(folder = FOLDER): Promise<string | undefined> {
  const python = `${folder}/bin/python`;
  if (await canImport(python)) return python;
  try {
    await run("python3", ["-m", "venv", "--clear", folder]);
    await run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "onnx==1.23.2"]);
    return python;
  } catch (cause) {
    rmSync(folder, { recursive: true, force: true });
    const { code, path, stderr } = cause as { code?: unknown; path?: string; stderr?: string };
    if (code !== "ENOENT" || path !== "python3") {
      throw new Error(`Expected python3 to install onnx into ${folder} but it failed: ${stderr?.trim()}`, { cause });
    }
    console.warn("no python3: the tests of the ONNX checker are skipped");
    return undefined;
  }
}

async function canImport(python: string): Promise<boolean> {
  if (!existsSync(python)) return false;
  return run(python, ["-c", "import onnx"]).then(
    () => true,
    () => false,
  );
}
