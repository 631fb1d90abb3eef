/**
 * `npm run tool -- nightly`: what takes too long for every change, one after the other, and at the end a line for each.
 * Exits with 1 if one failed.
 */
import { spawnSync } from "node:child_process";
import { newCommand, runCommandLine } from "../../training/cli/command-line.ts";
import { durationOf } from "../../training/cli/progress.ts";

const COMMANDS = ["tool -- fuzz-png --seconds 600", "tool -- fuzz-model --count 10000", "bench -- bombs", "verify"];

await runCommandLine(async () => {
  newCommand("tool nightly")
    .description(`Runs ${COMMANDS.map((command) => `\`npm run ${command}\``).join(", ")}.`)
    .parse(process.argv);
  const results = COMMANDS.map((command) => {
    const began = performance.now();
    const { status } = spawnSync("npm", ["run", ...command.split(" ")], { stdio: "inherit" });
    return { command, good: status === 0, seconds: (performance.now() - began) / 1000 };
  });
  for (const { command, good, seconds } of results) console.log(`${good ? "ok" : "FAILED"}  npm run ${command}, in ${durationOf(seconds)}`);
  if (results.some(({ good }) => !good)) process.exitCode = 1;
});
