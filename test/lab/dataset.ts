/** `npm run lab -- dataset`: writes a known data set as a folder of images, which verbs take as `--data`. */
import { Argument } from "commander";
import { newCommand, runCommandLine } from "../../training/cli/command-line.ts";
import { cifar10, IDX_SETS, idxSet, writeSet } from "./known-sets.ts";

const NAMES = [...(Object.keys(IDX_SETS) as (keyof typeof IDX_SETS)[]), "cifar10"] as const;
type Name = (typeof NAMES)[number];

await runCommandLine(async () => {
  const command = newCommand("lab dataset")
    .description("Writes a data set as a folder of PNG files, with `train` and `test` as its authors split it.")
    .addArgument(new Argument("<name>", "which one").choices(NAMES))
    .requiredOption("--out <folder>", "a new folder")
    .option("--from <folder>", "where its files are (needed for cifar10; otherwise they are downloaded)")
    .parse(process.argv);
  const [name] = command.args as [Name];
  const { out, from } = command.opts<{ readonly out: string; readonly from?: string }>();
  const set = name === "cifar10" ? cifar10(from) : await idxSet(IDX_SETS[name], from);
  const { train, test } = writeSet(out, set);
  console.log(`wrote ${train} training and ${test} test images to ${out}, licence ${set.licence}`);
});
