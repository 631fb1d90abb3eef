/** `anneal new`: creates a Worker project. */
import { DEFAULT_MODEL } from "../wasm-model/model/model.ts";
import { newVerb, runCommandLine } from "./cli/command-line.ts";
import { runInWorker } from "./cli/worker-process.ts";

await runCommandLine(async () => {
  const command = newVerb("new")
    .description("Creates a project for your own Worker with this package: code, a model, a test and the configuration to deploy it.")
    .argument("<folder>", "a new or empty folder; its name becomes the Worker's")
    .option("--model <folder>", `the folder of your model (default: ${DEFAULT_MODEL}, which is in the package)`)
    .option("--package <spec>", "the package that npm will install as anneal (default: the source of this installation)")
    .parse(process.argv);
  await runInWorker("new", [JSON.stringify({ folder: command.args[0], ...command.opts() })]);
});
