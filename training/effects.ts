/** `anneal effects`: shows what one option does, as an image with a row for each value and a column for each seed. */

import { Option } from "commander";
import { type Sample, sample } from "../wasm-model/index.ts";
import { grid } from "../wasm-model/render/image/pixels.ts";
import { encodePng } from "../wasm-model/render/image/png.ts";
import { randomSeed } from "../wasm-model/request/options.ts";
import { TRAJECTORY } from "../wasm-model/request/resolve.ts";
import { listOf, numberIn, printJson, runCommandLine } from "./cli/command-line.ts";
import { writeFileAtomically } from "./cli/files.ts";
import { newSamplingCommand, openModel, type SamplingFlags } from "./cli/sampling-command.ts";

interface EffectsFlags extends SamplingFlags {
  readonly option: (typeof OPTIONS)[number];
  readonly values: readonly string[];
  readonly columns: number;
}

/** Options that change the image's content. */
const OPTIONS = [...TRAJECTORY, "class"] as const;

function commandLine(argv: readonly string[]): { file: string | undefined; flags: EffectsFlags } {
  const command = newSamplingCommand("effects", "Draws the effect of an option: a row for each of its values, a column for each seed.")
    .addOption(new Option("--option <name>", "Which option.").choices(OPTIONS).makeOptionMandatory())
    .requiredOption(
      "--values <list>",
      "The option's values, from top to bottom, with commas between them.",
      listOf("values", (text) => text),
    )
    .option("--columns <n>", "Images in a row; their seeds are {seed}/0, {seed}/1, ...", numberIn("columns", 1, 64), 10)
    .parse(argv);
  return { file: command.args[0], flags: command.opts<EffectsFlags>() };
}

await runCommandLine(async () => {
  const { file, flags } = commandLine(process.argv);
  const { option, values, columns, out, runtime, json, seed = randomSeed(), ...options } = flags;
  const model = await openModel(file, runtime);
  const images: Sample[] = [];
  for (const value of values) {
    for (let k = 0; k < columns; k++) images.push(await sample(model, { ...options, [option]: value, seed: `${seed}/${k}` }));
  }
  writeFileAtomically(out, encodePng(grid(images, columns)));
  console.log(
    `wrote ${out}: ${option} ${values.join(", ")} from top to bottom, seeds ${seed}/0 to ${seed}/${columns - 1} from left to right`,
  );
  printJson({ json }, { file: out, model: model.card.name, version: model.version, option, values, columns, seed });
});
