/**
 * `anneal setup-native`: installs everything that train, export and evaluate need. The JavaScript packages are saved in
 * the project. TensorFlow's native library, which trains three times as fast as WASM, goes into a cache folder of the user.
 *
 * The installer of `@tensorflow/tfjs-node` downloads that library from a host that not everyone can reach. Where it
 * fails, this script takes it, with its C headers, from the Python package `tensorflow-cpu`, and compiles tfjs-node's
 * small binding against it. That needs python3 with venv and g++.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type * as TF from "@tensorflow/tfjs";
import { chooseBackend } from "./backend/index.ts";
import { BINDING, cacheFolder, LIBRARY, TFJS, TFJS_NODE, VERSIONS } from "./backend/library.ts";
import { newVerb, runCommandLine } from "./cli/command-line.ts";
import { makeFolder } from "./cli/files.ts";
import { UserError } from "./cli/user-error.ts";
import { expectInstalled, isInstalled, VERBS, withRange } from "./cli/verbs.ts";

const PACKAGES = [...new Set([...VERBS.train.needs, ...VERBS.export.needs, ...VERBS.evaluate.needs])];

const NPM = ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error"] as const;

/** Where the library is built: removed at the end, and before the next start if that end never came. */
const building = join(cacheFolder(), "building");
const place = join(cacheFolder(), LIBRARY);
/** Named as in `cacheFolder()`, so that a process can try it there. Commands run in it. */
const root = join(building, "anneal", LIBRARY);
const VENV = join(building, "venv");
const TENSORFLOW = `tensorflow-cpu==${VERSIONS.tensorflow}.*`;

/** By their SONAMEs. */
const LIBRARIES = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"] as const;

let isInterrupted = false;

type Command = readonly [program: string, ...args: string[]];

const SOURCES: Command = [...NPM, "--ignore-scripts", `@tensorflow/tfjs-node@${VERSIONS.tfjsNode}`, "node-api-headers@1.9.0"];
/** Enough where its host can be reached. */
const OWN_INSTALLER: Command = ["npm", "rebuild", "--loglevel=error", "@tensorflow/tfjs-node"];
const MAKE_VENV: Command = ["python3", "-m", "venv", VENV];
/** Only the shared libraries and headers are wanted, never `import tensorflow`: hence no dependencies. */
const FETCH: Command = [join(VENV, "bin", "pip"), "install", "--quiet", "--disable-pip-version-check", "--no-deps", TENSORFLOW];

await runCommandLine(async () => {
  const { check } = newVerb("setup-native")
    .description(
      "Installs what train, export and evaluate need: packages, saved in this project, and TensorFlow's native library (820 MB), in a cache folder for all projects of this user.",
    )
    .option("--check", "only say whether the native library works")
    .parse(process.argv)
    .opts<{ check?: true }>();
  if (check) {
    expectGradient((await chooseBackend("native")).tf);
    return console.log("The native library works.");
  }
  const missing = PACKAGES.filter((peer) => !isInstalled(peer));
  const isBuilt = existsSync(place) && (missing.length > 0 || loadError() === "");
  if (isBuilt && missing.length === 0) return console.log(`Everything is there, the native library in ${place}: nothing to do.`);
  if (missing.length > 0) expectStep("Installing packages", [...NPM, "--save-dev", ...missing.map(withRange)], process.cwd());
  expectInstalled("`anneal train`", PACKAGES);
  if (!isBuilt || loadError() !== "") buildLibrary();
  console.log("Everything is there that train, export and evaluate need, with the native library.");
});

/** Throws an Error unless a convolution and its gradient are computed right. */
function expectGradient(tf: typeof TF): void {
  const gradient = tf.grad((x) => tf.conv2d(x as TF.Tensor4D, tf.ones([3, 3, 1, 1]), 1, "same"))(tf.ones([1, 3, 3, 1]));
  if (gradient.sum().dataSync()[0] !== 49) throw new Error("its gradient of a convolution is wrong");
}

/** Builds it beside its place, tries it, and moves it there. */
function buildLibrary(): void {
  console.log(`TensorFlow's library goes to ${place}: 250 MB to download, 820 MB that stay until you delete that folder`);
  process.once("SIGINT", () => undefined); // the command that runs ends by it, and then what is half built is removed
  rmSync(building, { recursive: true, force: true });
  try {
    makeFolder(root);
    writeFileSync(join(root, "package.json"), "{}"); // npm installs here
    expectStep("Installing tfjs-node", SOURCES);
    const isThere = step("Fetching TensorFlow by tfjs-node's own installer", OWN_INSTALLER) === undefined && loadError(building) === "";
    if (!isThere) buildFromPython();
    removeOthers();
    const error = loadError(building);
    if (error !== "") throw new UserError(`The native library was built but does not load: ${error}`);
    rmSync(place, { recursive: true, force: true });
    renameSync(root, place);
  } finally {
    rmSync(building, { recursive: true, force: true });
    if (isInterrupted) process.exit(130);
  }
}

function buildFromPython(): void {
  expectStep("Looking for a C++17 compiler", ["g++", "--version"], root, "install one (Debian: apt-get install g++)");
  const python3 = "install Python 3.10 to 3.13, its venv and pip (Debian: apt-get install python3 python3-venv)";
  expectStep("Making a Python environment", MAKE_VENV, root, python3);
  expectStep(`Fetching ${TENSORFLOW}`, FETCH, root, "it needs the network and Python 3.10 to 3.13 on Linux; see its output above");
  const [python = "python3"] = readdirSync(join(VENV, "lib")).filter((name) => name.startsWith("python3"));
  const tensorflow = tensorflowOf(python.replace("python", ""));
  if (!existsSync(join(tensorflow, LIBRARIES[0])))
    throw new UserError(`${TENSORFLOW} has no ${LIBRARIES[0]}: only its wheels for Linux contain it.`);
  const lib = join(root, TFJS_NODE, "deps", "lib");
  rmSync(lib, { recursive: true, force: true });
  mkdirSync(lib, { recursive: true });
  for (const name of LIBRARIES) renameSync(join(tensorflow, name), join(lib, name));
  mkdirSync(dirname(join(root, BINDING)), { recursive: true });
  expectStep("Compiling the binding", compile(python.replace("python", "")));
}

/** Where pip puts TensorFlow. */
function tensorflowOf(version: string): string {
  return join(VENV, "lib", `python${version}`, "site-packages", "tensorflow");
}

/** The command that compiles the binding. Its run path is relative, so that the folder may move. */
function compile(python: string): Command {
  const includes = [join("node_modules", "node-api-headers", "include"), join(tensorflowOf(python), "include"), TFJS_NODE];
  const sources = ["tfjs_backend.cc", "tfjs_binding.cc"].map((file) => join(TFJS_NODE, "binding", file));
  const libraries = ["-L", join(TFJS_NODE, "deps", "lib"), ...LIBRARIES.map((name) => `-l:${name}`)];
  const flags = ["-O2", "-fPIC", "-shared", "-std=c++17", "-DNAPI_VERSION=8", "-w"];
  const output = ["-Wl,-rpath,$ORIGIN/../../deps/lib", "-o", BINDING];
  return ["g++", ...flags, ...includes.map((folder) => `-I${folder}`), ...sources, ...libraries, ...output];
}

/** Leaves what its kernels load, and empty packages in place of tfjs: they get that of the process. */
function removeOthers(): void {
  const all = join(building, "others");
  const modules = join(root, "node_modules");
  renameSync(modules, all);
  for (const name of TFJS) {
    mkdirSync(join(modules, name), { recursive: true });
    writeFileSync(join(modules, name, "index.js"), "");
  }
  for (const name of [join("@tensorflow", "tfjs-node"), "google-protobuf"]) renameSync(join(all, name), join(modules, name));
}

/** Why the library does not load or compute, in a line, or "". In a process of its own, since a bad library can crash. */
function loadError(cache?: string): string {
  const env = { ...process.env, ...(cache && { XDG_CACHE_HOME: cache }) };
  const args = [...process.execArgv, process.argv[1], "setup-native", "--check"];
  const { status, signal, stderr } = spawnSync(process.execPath, args, { env, encoding: "utf8" });
  return status === 0 ? "" : stderr.trim().split("\n").at(-1) || `the process that tried it ended with ${signal ?? status}`;
}

/** Runs a command and shows its output. Why it failed, or undefined. */
function step(title: string, [program, ...args]: Command, cwd = root): string | undefined {
  console.log(`- ${title}`);
  const { status, error, signal } = spawnSync(program, args, { cwd, stdio: "inherit" });
  isInterrupted = signal === "SIGINT" || status === 130;
  if (isInterrupted) throw new UserError("stopped by Ctrl-C");
  return status === 0 ? undefined : (error?.message ?? String(signal ?? status));
}

function expectStep(title: string, command: Command, cwd = root, advice = "see its output above"): void {
  const failure = step(title, command, cwd);
  if (failure !== undefined) throw new UserError(`\`${command.slice(0, 3).join(" ")}\` failed (${failure}): ${advice}.`);
}
