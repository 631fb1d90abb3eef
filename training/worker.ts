/** The verbs of the Worker, `dev`, `new` and `add`: programs of worker/, of which nothing here knows more. */
import { extname } from "node:path";
import { DEFAULT_MODEL } from "../wasm-model/model/model.ts";
import { newVerb, numberIn } from "./cli/command-line.ts";

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
    return { models: command.args, ...command.opts() };
  },
  new() {
    const command = newVerb("new")
      .description("Creates a project for your own Worker with this package: code, a model, a test and the configuration to deploy it.")
      .argument("<folder>", "a new or empty folder; its name becomes the Worker's")
      .option("--model <folder>", `the folder of your model (default: ${DEFAULT_MODEL}, which is in the package)`)
      .parse();
    return { folder: command.args[0], ...command.opts() };
  },
  add() {
    const command = newVerb("add")
      .description("Adds a model to the project in this folder, which `npx anneal new` wrote. Requests name it by its own name.")
      .argument("<model>", "the folder of a model, or its file")
      .option("--replace", "replace another model of the same name")
      .option("--default", "make it the model of requests that name none")
      .parse();
    return { model: command.args[0], ...command.opts() };
  },
} as const satisfies Record<string, () => object>;

/** Runs worker/node/{name}, which finds what it takes in place of its command line. */
export async function runInWorker(name: keyof typeof COMMAND_LINES): Promise<void> {
  process.argv.splice(2, Number.POSITIVE_INFINITY, JSON.stringify(COMMAND_LINES[name]()));
  const isSource = extname(import.meta.filename) === ".ts";
  await import(new URL(isSource ? `../worker/node/${name}.ts` : `../node/${name}.js`, import.meta.url).href);
}
