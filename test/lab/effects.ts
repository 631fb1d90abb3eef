/** `npm run lab -- effects`: what one option does, as an image with a row for each value and a column for each seed. */
import { Option } from "commander";
import { newCommand, numberIn, runCommandLine } from "../../training/cli/command-line.ts";
import { writeFileAtomically } from "../../training/cli/files.ts";
import { openModel } from "../../training/cli/model-files.ts";
import { sample } from "../../wasm-model/index.ts";
import { grid } from "../../wasm-model/render/image/pixels.ts";
import { encodePng } from "../../wasm-model/render/image/png.ts";
import { TRAJECTORY } from "../../wasm-model/request/resolve.ts";
import { listOf } from "./lists.ts";

interface EffectsFlags {
  readonly option: (typeof TRAJECTORY)[number];
  readonly values: readonly string[];
  readonly columns: number;
  readonly seed: string;
  readonly out: string;
}

await runCommandLine(async () => {
  const command = newCommand("lab effects")
    .argument("<model.onnx>", "the model's file, or its folder")
    .addOption(new Option("--option <name>", "which option").choices(TRAJECTORY).makeOptionMandatory())
    .requiredOption(
      "--values <list>",
      "its values, from top to bottom",
      listOf("values", (text) => text),
    )
    .option("--columns <n>", "images in a row; their seeds are {seed}/0, {seed}/1, ...", numberIn("columns", 1, 64), 10)
    .option("--seed <text>", "the seeds begin so", "effect")
    .requiredOption("--out <file.png>", "where the PNG goes")
    .parse(process.argv);
  const { option, values, columns, seed, out } = command.opts<EffectsFlags>();
  const model = await openModel(command.args[0]);
  const seeds = Array.from({ length: columns }, (_, k) => `${seed}/${k}`);
  const images = [];
  for (const value of values) for (const own of seeds) images.push(await sample(model, { [option]: value, seed: own }));
  writeFileAtomically(out, encodePng(grid(images, columns)));
  console.log(`wrote ${out}`);
});
