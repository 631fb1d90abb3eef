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

/** The first is enough where its host can be reached. */
const OWN_INSTALLER: Command = ["npm", ...INSTALL, TFJS_NODE];
const INSTALL_COMPILER: readonly Command[] = [
  ["apt-get", "update", "-q"],
  ["apt-get", "install", "-y", "-q", "--no-install-recommends", "g++"],
];
const COMMANDS = {
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
  if (loadError() === "") return console.log("The native backend already works: nothing to do.");
  const mayInstall = !runs("g++") && process.getuid?.() === 0 && runs("apt-get");
  const compiler = mayInstall ? INSTALL_COMPILER : [];
  console.log(`In ${root} this runs\n\n  ${OWN_INSTALLER.join(" ")}\n\nand, if that does not install the native backend,\n`);
  for (const command of [...compiler, ...Object.values(COMMANDS)]) console.log(`  ${command.join(" ")}`);
  console.log(`\nThat downloads about 250 MB and needs 1.5 GB of disk.`);
  if (!yes) await expectConsent();

  step(`Installing ${TFJS_NODE} with its own installer`, OWN_INSTALLER);
  if (loadError() === "") return console.log("The native backend works.");
  expectTool("python3", "install Python 3.10 to 3.13 (Debian: apt-get install python3 python3-venv)");
  for (const command of compiler) step("Installing g++", command);
  expectTool("g++", "install a C++17 compiler (Debian: apt-get install g++)");

  expectStep(`Installing ${TFJS_NODE} without it`, COMMANDS.sources);
  if (!existsSync(join(root, VENV, "bin", "pip"))) {
    mkdirSync(dirname(join(root, VENV)), { recursive: true });
    expectStep(`Making ${VENV}`, COMMANDS.venv, "install Python's venv and pip (Debian: apt-get install python3-venv)");
  }
  expectStep(`Fetching ${TENSORFLOW}`, COMMANDS.library, "it needs the network and Python 3.10 to 3.13 on Linux; see its output above");
  linkTensorFlow();
  mkdirSync(dirname(join(root, BINDING)), { recursive: true });
  expectStep("Compiling the binding", COMMANDS.binding);

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

/** Why tfjs-node does not load or compute, in a line, or "". In a child process, since a bad library can crash. */
function loadError(): string {
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3" };
  const child = spawnSync(process.execPath, ["-e", LOAD_TEST], { cwd: root, env, encoding: "utf8" });
  if (child.status === 0) return "";
  return child.stderr.split("\n").find((line) => line.includes("Error:")) ?? `the test process ended with ${child.signal ?? child.status}`;
}

function runs(program: string): boolean {
  return spawnSync(program, ["--version"]).status === 0;
}

function expectTool(program: string, advice: string): void {
  if (!runs(program)) throw new UserError(`Expected \`${program}\` on this machine but it does not run: ${advice}.`);
}

/** Links the headers and libraries (under their SONAMEs) of pip's wheel to where tfjs-node's binding looks for them. */
function linkTensorFlow(): void {
  const python = readdirSync(join(root, VENV, "lib")).find((name) => name.startsWith("python3"));
  const tensorflow = join(root, VENV, "lib", python ?? "python3", "site-packages", "tensorflow");
  if (!existsSync(join(tensorflow, "libtensorflow_cc.so.2")))
    throw new UserError(
      `Expected libtensorflow_cc.so.2 in ${tensorflow} but it is not there: only Linux wheels of ${TENSORFLOW} contain it.`,
    );
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
  const includes = [join("node_modules", "node-api-headers", "include"), join(deps, "include"), TFJS_FOLDER].map((folder) => `-I${folder}`);
  const sources = ["tfjs_backend.cc", "tfjs_binding.cc"].map((file) => join(TFJS_FOLDER, "binding", file));
  const libraries = ["-L", join(deps, "lib"), "-l:libtensorflow_cc.so.2", "-l:libtensorflow_framework.so.2"];
  const flags = ["-O2", "-fPIC", "-shared", "-std=c++17", "-DNAPI_VERSION=8", "-w"];
  return [...flags, ...includes, ...sources, ...libraries, "-Wl,-rpath,$ORIGIN/../../deps/lib", "-o", BINDING];
}

/** Runs a command in the project's folder and shows its output. Why it failed, or undefined. */
function step(title: string, [program, ...args]: Command): string | undefined {
  console.log(`- ${title}`);
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: "inherit" });
  return status === 0 ? undefined : (error?.message ?? String(status));
}

function expectStep(title: string, command: Command, advice = "see its output above"): void {
  const failure = step(title, command);
  if (failure === undefined) return;
  throw new UserError(`Expected \`${command.slice(0, 3).join(" ")}\` to succeed but it failed (${failure}): ${advice}.`);
}
