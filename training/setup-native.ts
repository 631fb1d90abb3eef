/**
 * `anneal setup-native`: builds TensorFlow.js's native backend, which trains several times as fast as the wasm backend.
 *
 * The installer of `@tensorflow/tfjs-node` downloads its TensorFlow library from a host that not everyone can reach.
 * Where it fails, this script takes the same library and its C headers from the Python package `tensorflow-cpu`, and
 * compiles tfjs-node's small binding against them. It needs python3 with venv, g++ and about 1.5 GB of disk. It shows
 * the commands and asks before it runs them, unless `--yes` is given. If the native backend works already, it does
 * nothing.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline/promises";
import { newVerb, runCommandLine } from "./cli/command-line.ts";
import { UserError } from "./cli/user-error.ts";

const TFJS_NODE = "@tensorflow/tfjs-node@4.22.0";
/** The TensorFlow version that the binding was tested with; it has all C functions that the binding calls. */
const TENSORFLOW = "tensorflow-cpu==2.21.*";

/** Without `--save-dev` npm leaves out what package.json lists as an optional peer. */
const INSTALL = ["install", "--no-save", "--save-dev", "--no-audit", "--no-fund", "--loglevel=error"];

/** The project that TensorFlow.js is installed in. */
const root = process.cwd();
/** Paths within it. */
const TFJS_FOLDER = join("node_modules", "@tensorflow", "tfjs-node");
const BINDING = join(TFJS_FOLDER, "lib", "napi-v8", "tfjs_binding.node");
const VENV = join(".venv", "tensorflow");

/** Computes a convolution and its gradient, to be sure that the library works. */
const LOAD_TEST = `
  const tf = require("@tensorflow/tfjs-node");
  if (tf.getBackend() !== "tensorflow") throw new Error("the backend is " + tf.getBackend());
  const gradient = tf.grad((x) => tf.conv2d(x, tf.ones([3, 3, 1, 1]), 1, "same"))(tf.ones([1, 3, 3, 1]));
  if (gradient.sum().dataSync()[0] !== 49) throw new Error("wrong gradient of a convolution");
`;

type Command = readonly [program: string, ...args: string[]];

/** The commands in order. The first is enough where its host can be reached. */
const COMMANDS = {
  own: ["npm", ...INSTALL, TFJS_NODE],
  lists: ["apt-get", "update", "-q"],
  compiler: ["apt-get", "install", "-y", "-q", "--no-install-recommends", "g++"],
  sources: ["npm", ...INSTALL, "--ignore-scripts", TFJS_NODE, "node-api-headers@1.9.0"],
  venv: ["python3", "-m", "venv", VENV],
  // --no-deps: only the shared libraries and headers are wanted, never `import tensorflow`.
  library: [join(VENV, "bin", "pip"), "install", "--quiet", "--disable-pip-version-check", "--no-deps", TENSORFLOW],
  binding: ["g++", ...compilerFlags()],
} as const satisfies Record<string, Command>;

await runCommandLine(async () => {
  const { yes } = newVerb("setup-native")
    .description("Builds TensorFlow's native backend in this folder. Shows the commands and asks before it runs them.")
    .option("--yes", "run them without asking", false)
    .parse(process.argv)
    .opts<{ yes: boolean }>();
  if (loadError() === "") {
    console.log("The native backend already works: nothing to do.");
    return;
  }
  const hasCompiler = spawnSync("g++", ["--version"]).status === 0;
  const mayInstall = process.getuid?.() === 0 && spawnSync("apt-get", ["--version"]).status === 0;
  const { own, lists, compiler, ...rest } = COMMANDS;
  console.log(`In ${root} this runs\n\n  ${own.join(" ")}\n\nand, if that does not install the native backend,\n`);
  for (const command of [...(hasCompiler || !mayInstall ? [] : [lists, compiler]), ...Object.values(rest)])
    console.log(`  ${command.join(" ")}`);
  console.log(`\nThat downloads about 250 MB and needs 1.5 GB of disk.`);
  if (!yes) await expectConsent();

  step(`Installing ${TFJS_NODE} with its own installer`);
  spawnSync("npm", own.slice(1), { cwd: root, stdio: "inherit" });
  if (loadError() === "") {
    console.log("The native backend works.");
    return;
  }
  requireTool("python3", ["--version"], "install Python 3.10 to 3.13 (Debian: apt-get install python3 python3-venv)");
  if (!hasCompiler && mayInstall) {
    step("Installing g++");
    for (const [program, ...args] of [lists, compiler]) spawnSync(program, args, { stdio: "inherit" });
  }
  requireTool("g++", ["--version"], "install a C++17 compiler (Debian: apt-get install g++)");

  step(`Installing ${TFJS_NODE} without it`);
  run(rest.sources);

  step(`Fetching ${TENSORFLOW} into ${VENV}`);
  if (!existsSync(join(root, VENV, "bin", "pip"))) {
    mkdirSync(dirname(join(root, VENV)), { recursive: true });
    run(rest.venv, "install Python's venv and pip (Debian: apt-get install python3-venv)");
  }
  run(rest.library, "it needs the network and Python 3.10 to 3.13 on Linux; see its output above");

  step("Linking TensorFlow's headers and libraries into tfjs-node");
  linkTensorFlow(findTensorFlow());

  step("Compiling the binding");
  mkdirSync(dirname(join(root, BINDING)), { recursive: true });
  run(rest.binding);

  const error = loadError();
  if (error !== "") throw new UserError(`Expected the native backend to load after the build but it failed: ${error}`);
  console.log("The native backend works.");
});

/** Throws a UserError unless somebody at a terminal says yes. */
async function expectConsent(): Promise<void> {
  if (!process.stdin.isTTY) throw new UserError("Expected `--yes`, since there is no terminal to ask at, but received nothing");
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question("Go on? [y/N] ");
  terminal.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new UserError("Expected y to continue: nothing was run");
}

/**
 * One line that says why tfjs-node does not load or compute, or "" if it works. Runs in a child process, since a bad
 * library can crash.
 */
function loadError(): string {
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3" };
  const child = spawnSync(process.execPath, ["-e", LOAD_TEST], { cwd: root, env, encoding: "utf8" });
  if (child.status === 0) return "";
  return child.stderr.split("\n").find((line) => line.includes("Error:")) ?? `the test process ended with ${child.signal ?? child.status}`;
}

/** Throws a UserError with `advice` unless `command` can be run. */
function requireTool(command: string, args: string[], advice: string): void {
  if (spawnSync(command, args).status !== 0) throw new UserError(`Expected \`${command}\` on this machine but it does not run: ${advice}.`);
}

/** The folder `tensorflow` of the wheel that pip installed. */
function findTensorFlow(): string {
  const python = readdirSync(join(root, VENV, "lib")).find((name) => name.startsWith("python3"));
  const folder = join(root, VENV, "lib", python ?? "python3", "site-packages", "tensorflow");
  if (!existsSync(join(folder, "libtensorflow_cc.so.2"))) {
    throw new UserError(`Expected libtensorflow_cc.so.2 in ${folder} but it is not there: only Linux wheels of ${TENSORFLOW} contain it.`);
  }
  return folder;
}

/**
 * Links the wheel's headers and its two libraries (under their SONAMEs) to where tfjs-node's binding looks for them.
 */
function linkTensorFlow(tensorflow: string): void {
  const deps = join(root, TFJS_FOLDER, "deps");
  rmSync(deps, { recursive: true, force: true });
  mkdirSync(join(deps, "lib"), { recursive: true });
  symlinkSync(join(tensorflow, "include"), join(deps, "include"));
  for (const library of ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"]) {
    symlinkSync(join(tensorflow, library), join(deps, "lib", library));
  }
}

/** The command that compiles the binding. Its run path is relative, so that the project's folder may move. */
function compilerFlags(): string[] {
  const deps = join(TFJS_FOLDER, "deps");
  const includes = [join("node_modules", "node-api-headers", "include"), join(deps, "include"), TFJS_FOLDER].flatMap((folder) => [
    "-I",
    folder,
  ]);
  const sources = ["tfjs_backend.cc", "tfjs_binding.cc"].map((file) => join(TFJS_FOLDER, "binding", file));
  const libraries = ["-L", join(deps, "lib"), "-l:libtensorflow_cc.so.2", "-l:libtensorflow_framework.so.2"];
  const flags = ["-O2", "-fPIC", "-shared", "-std=c++17", "-DNAPI_VERSION=8", "-w"];
  return [...flags, ...includes, ...sources, ...libraries, "-Wl,-rpath,$ORIGIN/../../deps/lib", "-o", BINDING];
}

/** Runs a command in the project's folder and shows its output; throws a UserError (with `advice`) if it fails. */
function run([program, ...args]: Command, advice = "see its output above"): void {
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: "inherit" });
  if (status !== 0)
    throw new UserError(
      `Expected \`${[program, ...args].slice(0, 3).join(" ")}\` to succeed but it failed (${error?.message ?? status}): ${advice}.`,
    );
}

function step(text: string): void {
  console.log(`- ${text}`);
}
