/** `anneal dev`: serves models on this machine. */
import { newVerb, numberIn, runCommandLine } from "./cli/command-line.ts";
import { runInWorker } from "./cli/worker-process.ts";

await runCommandLine(async () => {
  newVerb("dev")
    .description("Serves models on this machine, with their page, in Node: the service that a Worker of them would be.")
    .argument("[folders...]", "folders of models, the first is the default (default: fashion-mnist, which is in the package)")
    .option("--port <n>", "the port (default: 8787)", numberIn("port", 0, 65535))
    .parse(process.argv);
  await runInWorker("dev", process.argv.slice(2));
});
