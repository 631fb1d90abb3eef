/**
 * What tests need of the machine: browsers, and Python programs in virtual environments of their own in the ignored
 * folder `.venv`. Each is found, else installed: as root on Debian, which CI is, by apt-get. Nothing else in the tests
 * installs system packages. Throws an Error that says what to do where something cannot be had: no test is skipped
 * because a download failed.
 */
import { execFile, spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { findChromium, openChromium } from "../support/chromium.ts";
import { findFirefox } from "../support/firefox.ts";

const run = promisify(execFile);
const ENVIRONMENTS = resolve(import.meta.dirname, "../../.venv");

const isRootOnDebian = (): boolean => process.getuid?.() === 0 && spawnSync("apt-get", ["--version"]).status === 0;

function runLoudly(command: string, ...args: string[]): void {
  console.log(`${command} ${args.join(" ")}`);
  spawnSync(command, args, { stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
}

function installByApt(debianPackage: string): void {
  if (!isRootOnDebian()) return;
  runLoudly("apt-get", "update", "-qq");
  runLoudly("apt-get", "install", "-y", "-qq", debianPackage);
}

/** And that it starts. */
export async function prepareChromium(): Promise<void> {
  prepareBrowser("chromium", "chromium", findChromium);
  const close = await openChromium("about:blank");
  await close();
}

export const prepareFirefox = (): void => prepareBrowser("firefox", "firefox-esr", findFirefox);

/** Debian's, else Playwright's own build, with the system's libraries that it needs. */
function prepareBrowser(name: string, debianPackage: string, find: () => string): void {
  const isThere = (): boolean => {
    try {
      return find() !== "";
    } catch {
      return false;
    }
  };
  if (!isThere()) installByApt(debianPackage);
  if (!isThere()) runLoudly("npx", "playwright", "install", ...(isRootOnDebian() ? ["--with-deps"] : []), name);
  find();
}

const done = () => true;
const failed = () => false;
const succeeds = (command: string, ...args: string[]): Promise<boolean> => run(command, args).then(done, failed);

/**
 * The folder of the virtual environment that has `requirement`, such as `onnx==1.23.2`, by default `.venv/onnx`. It is
 * made at the first use; where that fails, nothing half made is left.
 */
export async function pythonWith(requirement: string, folder?: string): Promise<string> {
  const [name = "", version] = requirement.split("==");
  const environment = folder ?? join(ENVIRONMENTS, name);
  const python = join(environment, "bin", "python");
  const has = `import importlib.metadata as m; assert m.version("${name}") == "${version}"`;
  if (await succeeds(python, "-c", has)) return environment;
  const make = () => run("python3", ["-m", "venv", "--clear", environment]);
  try {
    if (!(await make().then(done, failed))) {
      installByApt("python3-venv"); // Debian's Python comes without it
      await make();
    }
    await run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", requirement]);
    return environment;
  } catch (cause) {
    rmSync(environment, { recursive: true, force: true });
    const { message, stdout = "" } = cause as Error & { stdout?: string }; // venv tells its advice on stdout
    throw new Error(`Expected python3 to install ${name} into \`${environment}\` but received: ${message}${stdout}`, { cause });
  }
}

/**
 * The path of a Python that can `import onnx`, an independent oracle of model files; undefined, said on the console,
 * where python3 is missing.
 */
export async function onnxPython(folder?: string): Promise<string | undefined> {
  if (await succeeds("python3", "--version")) return join(await pythonWith("onnx==1.23.2", folder), "bin", "python");
  console.warn("no python3: the tests with the ONNX checker are skipped");
  return undefined;
}
