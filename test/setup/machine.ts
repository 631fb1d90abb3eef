/**
 * What tests need of the machine: browsers, an emulator of another processor, and Python programs in virtual
 * environments of their own in the ignored folder `.venv` (PyTorch: in the user's cache). Each is found, else installed: as root on Debian, which CI is, by apt-get. Nothing else in the tests
 * installs system packages. Throws an Error that says what to do where something cannot be had: no test is skipped
 * because a download failed.
 */
import { execFile, spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { promisify } from "node:util";
import { cacheFolder } from "../../training/backend/library.ts";
import { ARM64_LIBRARIES } from "../support/arm64.ts";
import { findChromium, findFirefox, openChromium } from "../support/browsers.ts";

const run = promisify(execFile);
const ENVIRONMENTS = resolve(import.meta.dirname, "../../.venv");

const isRootOnDebian = (): boolean => process.getuid?.() === 0 && spawnSync("apt-get", ["--version"]).status === 0;

function runLoudly(command: string, ...args: string[]): void {
  console.log(`${command} ${args.join(" ")}`);
  spawnSync(command, args, { stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
}

function installByApt(...debianPackages: string[]): void {
  if (!isRootOnDebian()) return;
  runLoudly("apt-get", "update", "-qq");
  runLoudly("apt-get", "install", "-y", "-qq", ...debianPackages);
}

/** And that it starts. */
export async function prepareChromium(): Promise<void> {
  prepareBrowser("chromium", "chromium", findChromium);
  const close = await openChromium("about:blank");
  await close();
}

export const prepareFirefox = (): void => prepareBrowser("firefox", "firefox-esr", findFirefox);

const isIn = (file: string, folders: readonly string[]): boolean => folders.some((folder) => existsSync(join(folder, file)));

/** The machine's programs, or else Debian's packages that bring them. Throws an Error that names the packages. */
function prepareFiles(title: string, files: readonly string[], packages: readonly string[]): void {
  const folders = ["/", ...(process.env.PATH ?? "").split(delimiter)];
  const missing = () => files.filter((file) => !isIn(file, folders));
  if (missing().length > 0) installByApt("--no-install-recommends", ...packages);
  if (missing().length > 0)
    throw new Error(`Expected ${title} on this machine but found no ${missing().join(", ")}: \`apt-get install ${packages.join(" ")}\``);
}

/** WebKitGTK, its driver, and a display for it: it has no mode without one. */
export const prepareWebKit = (): void => prepareFiles("WebKit", ["WebKitWebDriver", "Xvfb"], ["webkit2gtk-driver", "xvfb"]);

/** An emulator of ARM64 processors, and the C and C++ libraries of ARM64, which Node needs. */
export const prepareArm64 = (): void =>
  prepareFiles("ARM64", ["qemu-aarch64", `${ARM64_LIBRARIES}/lib/libstdc++.so.6`], ["qemu-user", "libstdc++6-arm64-cross"]);

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
 * The folder of the virtual environment that has these requirements, such as `onnx==1.23.2`. It is
 * made at the first use; where that fails, nothing half made is left.
 */
export const pythonWith = (...requirements: readonly string[]): Promise<string> =>
  pythonIn(join(ENVIRONMENTS, requirements[0].split("==")[0]), requirements);

/** The index of PyTorch's builds for processors alone; those of PyPI bring 3 GB of CUDA. */
const TORCH_INDEX = "https://download.pytorch.org/whl/cpu";

/** `pythonWith` PyTorch and what training/torch needs beside it: some 900 MB, which all clones share in the user's cache. */
export async function torchPython(): Promise<string> {
  const wanted = readFileSync(resolve(import.meta.dirname, "../../training/torch/requirements.txt"), "utf8");
  const isReached = await succeeds("python3", "-c", `import urllib.request as u; u.urlopen("${TORCH_INDEX}/torch/", timeout=10)`);
  return pythonIn(join(cacheFolder(), "python", "torch"), wanted.trim().split("\n"), isReached ? ["--extra-index-url", TORCH_INDEX] : []);
}

async function pythonIn(environment: string, requirements: readonly string[], flags: readonly string[] = []): Promise<string> {
  const python = join(environment, "bin", "python");
  const installed = join(environment, "requirements.txt");
  const isThere = existsSync(installed) && readFileSync(installed, "utf8") === requirements.join("\n");
  if (isThere && (await succeeds(python, "-c", ""))) return environment;
  const make = () => run("python3", ["-m", "venv", "--clear", environment]);
  try {
    if (!(await make().then(done, failed))) {
      installByApt("python3-venv"); // Debian's Python comes without it
      await make();
    }
    await run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...flags, ...requirements]);
    writeFileSync(installed, requirements.join("\n"));
    return environment;
  } catch (cause) {
    rmSync(environment, { recursive: true, force: true });
    const { message, stdout = "" } = cause as Error & { stdout?: string }; // venv tells its advice on stdout
    throw new Error(`Expected python3 to install ${requirements[0]} into \`${environment}\` but received: ${message}${stdout}`, { cause });
  }
}

/**
 * The path of a Python that can `import onnx`, an independent oracle of model files; undefined, said on the console,
 * where python3 is missing.
 */
export async function onnxPython(): Promise<string | undefined> {
  if (await succeeds("python3", "--version")) return join(await pythonWith("onnx==1.23.2"), "bin", "python");
  console.warn("no python3: the tests with the ONNX checker are skipped");
  return undefined;
}
