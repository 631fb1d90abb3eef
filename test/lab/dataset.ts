/** `npm run lab -- dataset`: writes a known data set as a folder of images, which verbs take as `--data`. */
import { Argument } from "commander";
import { newCommand, runCommandLine } from "../../training/cli/command-line.ts";
import { IDX_SETS, writeSet } from "./known-sets.ts";

type Name = keyof typeof IDX_SETS;

await runCommandLine(async () => {
  const command = newCommand("lab dataset")
    .description("Writes a data set as a folder of PNG files, with `train` and `test` as its authors split it.")
    .addArgument(new Argument("<name>", "which one").choices(Object.keys(IDX_SETS)))
    .requiredOption("--out <folder>", "a new folder")
    .option("--from <folder>", "where its files are (default: those of an installed package, else they are downloaded)")
    .parse(process.argv);
  const [name] = command.args as [Name];
  const { out, from } = command.opts<{ readonly out: string; readonly from?: string }>();
  const set = IDX_SETS[name];
  const { train, test } = await writeSet(out, set, from);
  console.log(`wrote ${train} training and ${test} test images to ${out}, licence ${set.licence}`);
});
