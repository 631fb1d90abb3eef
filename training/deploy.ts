/** `anneal deploy`: deploys the Worker in this folder. */
import { newVerb, runCommandLine } from "./cli/command-line.ts";
import { runInWorker } from "./cli/worker-process.ts";

await runCommandLine(async () => {
  newVerb("deploy")
    .description("Puts the Worker of this folder online by wrangler, whose flags it takes.")
    .argument("[flags...]", "flags of `wrangler deploy`")
    .option("--dry-run", "bundle it and put nothing online")
    .allowUnknownOption()
    .parse(process.argv);
  await runInWorker("deploy", process.argv.slice(2));
});
