/** The verbs of the Worker, `dev`, `new` and `add`: programs of worker/, which nothing here imports. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { DEFAULT_MODEL } from "../wasm-model/model/model.ts";
import { newVerb, numberIn, runCommandLine } from "./cli/command-line.ts";

/** Each reads the command line and gives what its program takes. */
const COMMAND_LINES = {
  dev() {
    const command = newVerb("dev")
      .description("Serves models and their pages on this machine, in Node, as a Worker would.")
      .argument(
        "[models...]",
        `folders or files of models; requests use the first one by default (default: ${DEFAULT_MODEL}, which is in the package)`,
      )
      .option("--port <n>", "the port", numberIn("port", 0, 65535), 8787)
      .parse();
    return [JSON.stringify({ models: command.args, ...command.opts() })];
  },
  new() {
    const command = newVerb("new")
      .description("Creates a project for your own Worker with this package: code, a model, a test and the configuration to deploy it.")
      .argument("<folder>", "a new or empty folder; its name becomes the Worker's")
      .option("--model <folder>", `the folder of your model (default: ${DEFAULT_MODEL}, which is in the package)`)
      .parse();
    return [JSON.stringify({ folder: command.args[0], ...command.opts() })];
  },
  add() {
    const command = newVerb("add")
      .description("Adds a model to the project in this folder, which `npx anneal new` wrote. Requests name it by its own name.")
      .argument("<model>", "the folder of a model, or its file")
      .option("--replace", "replace another model of the same name")
      .option("--default", "make it the model of requests that name none")
      .parse();
    return [JSON.stringify({ model: command.args[0], ...command.opts() })];
  },
} as const satisfies Record<string, () => readonly string[]>;

/**
 * Runs worker/node/{name} to its end. Its exit code becomes this process's own; after a signal, as in a shell, 128 plus the
 * signal's number. It ends when this process's parent ends.
 */
export const runInWorker = (name: keyof typeof COMMAND_LINES): Promise<void> =>
  runCommandLine(async () => {
    const isSource = extname(import.meta.filename) === ".ts";
    const program = new URL(isSource ? `../worker/node/${name}.ts` : `../node/${name}.js`, import.meta.url);
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
    const starter = process.ppid;
    const child = spawn(process.execPath, [fileURLToPath(program), ...COMMAND_LINES[name]()], { stdio: "inherit" });
    // npm passes a signal on to the shell that started this process, but the shell does not pass it on.
    setInterval(() => process.ppid !== starter && child.kill("SIGTERM"), 500).unref();
    const [code, signal] = (await once(child, "exit")) as [number | null, keyof typeof constants.signals | null];
    process.exitCode = code ?? 128 + constants.signals[signal as keyof typeof constants.signals];
  });
