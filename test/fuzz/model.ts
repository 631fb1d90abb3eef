/** `npm run tool -- fuzz-model --count 10000`: damages model files and prints what came of it. Exits with 1 at the first broken promise. */
import fc from "fast-check";
import { newCommand, numberIn, runCommandLine } from "../../training/cli/command-line.ts";
import { writeModel } from "../../wasm-model/model/onnx/writer.ts";
import { cutOut } from "../support/random-finisher.ts";
import { COLOURED, randomModel } from "../support/random-model.ts";
import { judgeOf, mutants, type Outcome } from "./model-mutants.ts";

await runCommandLine(async () => {
  const { count: numRuns, seed } = newCommand("tool fuzz-model")
    .description("Damages model files and prints how they ended.")
    .option("--count <number>", "how many", numberIn("count", 1, 1e9), 1000)
    .option("--seed <number>", "of the damage", numberIn("seed", 0, 2 ** 31), Date.now() % 2 ** 31)
    .parse(process.argv)
    .opts<{ count: number; seed: number }>();
  const file = writeModel(cutOut(randomModel(COLOURED, 1, "int8"), 2));
  const judge = await judgeOf(file);
  const counts: Record<Outcome, number> = { refused: 0, same: 0, another: 0 };

  await fc.assert(
    fc.asyncProperty(mutants(file), async (mutant) => {
      counts[await judge(mutant)]++;
    }),
    { numRuns, seed, endOnFailure: true },
  );
  const { refused, same, another } = counts;
  console.log(`${numRuns} mutants of ${file.length} bytes, seed ${seed}: ${refused} refused, ${same} unchanged, ${another} other models`);
});
