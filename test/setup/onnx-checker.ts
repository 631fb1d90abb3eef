/**
 * Python's `onnx`, an independent judge of model files, in the ignored virtual environment `.venv/onnx`: made at the first use, then kept.
 * Needs python3 with its venv module and, once, the Python package index.
 */
import { execFile } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { promisify } from "node:util";

const run = promisify(execFile);
const FOLDER = new URL("../../.venv/onnx", import.meta.url).pathname;
const PYTHON = `${FOLDER}/bin/python`;

/** The path of a Python that can `import onnx`, or undefined, said on the console, where there can be none. */
export async function onnxPython(): Promise<string | undefined> {
  if (await canImport()) return PYTHON;
  try {
    await run("python3", ["-m", "venv", "--clear", FOLDER]);
    await run(PYTHON, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "onnx==1.23.2"]);
    return PYTHON;
  } catch (error) {
    rmSync(FOLDER, { recursive: true, force: true });
    console.warn(`no ONNX checker, its tests are skipped: ${(error as Error).message.split("\n")[0]}`);
    return undefined;
  }
}

async function canImport(): Promise<boolean> {
  if (!existsSync(PYTHON)) return false;
  return run(PYTHON, ["-c", "import onnx"]).then(
    () => true,
    () => false,
  );
}
