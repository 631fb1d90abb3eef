/** `npm run lab -- dataset`: writes a known data set as a folder of images, which verbs take as `--data`. */
import { Argument } from "commander";
import { newCommand, runCommandLine } from "../../training/cli/command-line.ts";
import { UserError } from "../../training/cli/user-error.ts";
import { celeba } from "./celeba.ts";
import { type KnownSet, writeSet } from "./known-set.ts";
import { cifar10, IDX_SETS, idxSet } from "./known-sets.ts";

const NAMES = [...(Object.keys(IDX_SETS) as (keyof typeof IDX_SETS)[]), "cifar10", "celeba"] as const;
type Name = (typeof NAMES)[number];

interface DatasetFlags {
  readonly out: string;
  readonly from?: string;
  readonly classBy?: string;
}

async function find(name: Name, { from, classBy }: DatasetFlags): Promise<KnownSet> {
  if (classBy !== undefined && name !== "celeba") throw new UserError(`Expected no \`class-by\` for ${name} but received "${classBy}"`);
  if (name === "celeba") return celeba(from, classBy);
  return name === "cifar10" ? cifar10(from) : idxSet(IDX_SETS[name], from);
}

await runCommandLine(async () => {
  const command = newCommand("lab dataset")
    .description("Writes a data set as a folder of PNG files, with `train` and `test` as its authors split it.")
    .addArgument(new Argument("<name>", "which one").choices(NAMES))
    .requiredOption("--out <folder>", "a new folder")
    .option("--from <folder>", "where its files are (needed for cifar10 and celeba; otherwise they are downloaded)")
    .option("--class-by <attribute>", "celeba: the attribute whose two values are the classes, e.g. Smiling (default: one class)")
    .parse(process.argv);
  const [name] = command.args as [Name];
  const flags = command.opts<DatasetFlags>();
  const set = await find(name, flags);
  const { train, test } = await writeSet(flags.out, set);
  console.log(`wrote ${train} training and ${test} test images to ${flags.out}, licence ${set.licence}`);
});
