/** `anneal dev`: serves models on this machine. */
import { DEFAULT_MODEL } from "../wasm-model/model/model.ts";
import { newVerb, numberIn, runCommandLine } from "./cli/command-line.ts";
import { runInWorker } from "./cli/worker-process.ts";

await runCommandLine(async () => {
  const command = newVerb("dev")
    .description("Serves models and their pages on this machine, in Node, as a Worker would.")
    .argument(
      "[models...]",
      `folders or files of models; requests use the first one by default (default: ${DEFAULT_MODEL}, which is in the package)`,
    )
    .option("--port <n>", "the port", numberIn("port", 0, 65535), 8787)
    .parse(process.argv);
  await runInWorker("dev", [JSON.stringify({ models: command.args, ...command.opts() })]);
});
