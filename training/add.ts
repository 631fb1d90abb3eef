/** `anneal add`: adds a model to a Worker project. */
import { newVerb, runCommandLine } from "./cli/command-line.ts";
import { runInWorker } from "./cli/worker-process.ts";

await runCommandLine(async () => {
  const command = newVerb("add")
    .description("Adds a model to the project in this folder, which `npx anneal new` wrote. Requests name it by its own name.")
    .argument("<model>", "the folder of a model, or its file")
    .option("--replace", "replace another model of the same name without asking")
    .option("--default", "make it the model of requests that name none")
    .parse(process.argv);
  await runInWorker("add", [JSON.stringify({ model: command.args[0], ...command.opts() })]);
});
