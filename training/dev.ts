/** `anneal dev`: serves models on this machine. */
import { newVerb, numberIn, runCommandLine } from "./cli/command-line.ts";
import { runInWorker } from "./cli/worker-process.ts";

await runCommandLine(async () => {
  const command = newVerb("dev")
    .description("Serves models on this machine, with their page, in Node: the service that a Worker of them would be.")
    .argument("[models...]", "folders of models or their files, the first is the default (default: fashion-mnist, which is in the package)")
    .option("--port <n>", "the port", numberIn("port", 0, 65535), 8787)
    .parse(process.argv);
  await runInWorker("dev", [JSON.stringify({ models: command.args, ...command.opts() })]);
});
