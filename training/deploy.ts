/** `anneal deploy`: deploys the Worker in this folder. */
import { newVerb, runCommandLine } from "./cli/command-line.ts";
import { runInWorker } from "./cli/worker-process.ts";

await runCommandLine(async () => {
  newVerb("deploy")
    .description("Deploys the Worker in this folder with wrangler. Takes wrangler's flags.")
    .argument("[flags...]", "flags of `wrangler deploy`")
    .option("--dry-run", "bundle it without deploying")
    .allowUnknownOption()
    .parse(process.argv);
  await runInWorker("deploy", process.argv.slice(2));
});
