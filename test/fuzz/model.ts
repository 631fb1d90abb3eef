/**
 * `npm run tool -- fuzz-model --count 10000`: damages model files and prints what came of it and the costliest
 * refusals. Exits with 1 at the first broken promise.
 */
import fc from "fast-check";
import { newCommand, numberIn, runCommandLine } from "../../training/cli/command-line.ts";
import { randomModelFile, TINY } from "../support/random-model.ts";
import { judgeOf, mutants, type Outcome } from "./model-mutants.ts";

await runCommandLine(async () => {
  const { count: numRuns, seed } = newCommand("tool fuzz-model")
    .description("Damages model files and prints how each ended and what the costliest took.")
    .option("--count <number>", "how many", numberIn("count", 1, 1e9), 1000)
    .option("--seed <number>", "of the damage", numberIn("seed", 0, 2 ** 31), Date.now() % 2 ** 31)
    .parse(process.argv)
    .opts<{ count: number; seed: number }>();
  const file = randomModelFile(TINY, 1, "int8");
  const judge = await judgeOf(file);
  const outcomes: Outcome[] = [];

  await fc.assert(
    fc.asyncProperty(mutants(file), async (mutant) => {
      outcomes.push(await judge(mutant));
    }),
    { numRuns, seed, endOnFailure: true },
  );

  const count = (result: Outcome["result"]): number => outcomes.filter((outcome) => outcome.result === result).length;
  console.log(
    `${outcomes.length} mutants of ${file.length} bytes, seed ${seed}: ${count("refused")} refused, ${count("same")} unchanged, ${count("another")} other models`,
  );
  for (const result of ["refused", "another"] as const) {
    for (const key of ["milliseconds", "bytes"] as const) {
      const [worst] = outcomes.filter((outcome) => outcome.result === result).toSorted((a, b) => b[key] - a[key]);
      if (worst)
        console.log(`${result}, most ${key}: ${worst.milliseconds.toFixed(0)} ms, ${(worst.bytes / 2 ** 20).toFixed(1)} MB (${worst.how})`);
    }
  }
});
