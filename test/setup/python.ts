/** Python programs in the ignored folder `.venv`, each in a virtual environment of its own: made at the first use, then kept. Needs, once, the Python package index. */
import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const ENVIRONMENTS = resolve(import.meta.dirname, "../../.venv");

/** Whether a program ends well. */
export const succeeds = (command: string, ...args: string[]): Promise<boolean> => run(command, args).then(done, failed);

/**
 * The folder of the virtual environment that has `requirement`, such as `onnx==1.23.2`, by default `.venv/onnx`. Throws an Error where it cannot be had, and leaves
 * nothing half made: no test is skipped because a download failed.
 */
export async function pythonWith(requirement: string, folder?: string): Promise<string> {
  const [name = "", version] = requirement.split("==");
  const environment = folder ?? join(ENVIRONMENTS, name);
  const python = join(environment, "bin", "python");
  const has = `import importlib.metadata as m; assert m.version("${name}") == "${version}"`;
  if (await succeeds(python, "-c", has)) return environment;
  try {
    await makeEnvironment(environment);
    await run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", requirement]);
    return environment;
  } catch (cause) {
    rmSync(environment, { recursive: true, force: true });
    const { message, stdout = "" } = cause as Error & { stdout?: string }; // venv tells its advice on stdout
    throw new Error(`Expected python3 to install ${name} into \`${environment}\` but received: ${message}${stdout}`, { cause });
  }
}

/** Debian keeps Python's venv in a package of its own: as root there, it is installed. */
async function makeEnvironment(folder: string): Promise<void> {
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
