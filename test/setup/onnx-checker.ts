/**
 * Python's `onnx`, an independent oracle of model files, in the ignored virtual environment `.venv/onnx`: made at the first use, then kept.
 * Needs python3 with its venv module and, once, the Python package index.
 */
import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { promisify } from "node:util";

const run = promisify(execFile);
const FOLDER = new URL("../../.venv/onnx", import.meta.url).pathname;

/**
 * The path of a Python that can `import onnx`, in the virtual environment `folder`; undefined, said on the console, where python3 is
 * missing. Throws where onnx alone cannot be had: no test is skipped because a download failed.
 */
export async function onnxPython(folder = FOLDER): Promise<string | undefined> {
  const python = `${folder}/bin/python`;
  if (await succeeds(python, "-c", "import onnx")) return python;
  if (!(await succeeds("python3", "--version"))) {
    console.warn("no python3: the tests with the ONNX checker are skipped");
    return undefined;
  }
  try {
    await makeVenv(folder);
    await run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "onnx==1.23.2"]);
    return python;
  } catch (cause) {
    rmSync(folder, { recursive: true, force: true });
    const { message, stdout = "" } = cause as Error & { stdout?: string }; // venv tells its advice on stdout
    throw new Error(`Expected python3 to install onnx into \`${folder}\` but received: ${message}${stdout}`, { cause });
  }
}

/** Debian keeps Python's venv in a package of its own: as root there, it is installed. */
async function makeVenv(folder: string): Promise<void> {
  const make = () => run("python3", ["-m", "venv", "--clear", folder]);
  if (await make().then(done, failed)) return;
  if (process.getuid?.() === 0 && (await succeeds("apt-get", "--version"))) {
    await run("apt-get", ["update", "-qq"]).then(done, failed);
    await run("apt-get", ["install", "-y", "-qq", "python3-venv"]).then(done, failed);
  }
  await make();
}

const done = () => true;
const failed = () => false;

function succeeds(command: string, ...args: string[]): Promise<boolean> {
  return run(command, args).then(done, failed);
}
