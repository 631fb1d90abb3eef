/** `anneal new`: creates a Worker project. */
import { newVerb, runCommandLine } from "./cli/command-line.ts";
import { runInWorker } from "./cli/worker-process.ts";

await runCommandLine(async () => {
  const command = newVerb("new")
    .description("Creates a project for your own Worker with this package: code, model, a test, and the configuration to deploy it.")
    .argument("<folder>", "a new or empty folder, called as the Worker is to be")
    .option("--model <folder>", "a model of one's own, with its earlier `versions` (default: fashion-mnist, which is in the package)")
    .option("--package <spec>", "what npm is to install as anneal (default: what this one was installed from)")
    .parse(process.argv);
  await runInWorker("new", [JSON.stringify({ folder: command.args[0], ...command.opts() })]);
});
