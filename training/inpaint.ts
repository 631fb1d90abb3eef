/** `anneal inpaint`: repaints a part of an image so that it fits the rest. */

import { inpaint } from "../wasm-model/index.ts";
import { nativeShape } from "../wasm-model/model/card.ts";
import { randomSeed } from "../wasm-model/request/options.ts";
import { printJson, runCommandLine } from "./cli/command-line.ts";
import { writeFileAtomically } from "./cli/files.ts";
import { describeSample, newSamplingCommand, openModel, readPng, type SamplingFlags, sampleJson } from "./cli/sampling-command.ts";

interface InpaintFlags extends SamplingFlags {
  readonly image: string;
  readonly mask: string;
}

function commandLine(argv: readonly string[]): { file: string | undefined; flags: InpaintFlags } {
  const command = newSamplingCommand(
    "inpaint",
    "Repaints the white part of a mask in an image, so that it fits the rest, and writes a PNG file.",
    "inpaint",
  )
    .requiredOption("--image <file.png>", "The image, of the model's native size.")
    .requiredOption("--mask <file.png>", "A mask of the same size: white is repainted, black stays as it is.")
    .parse(argv);
  return { file: command.args[0], flags: command.opts<InpaintFlags>() };
}

await runCommandLine(async () => {
  const { file, flags } = commandLine(process.argv);
  const { image, mask, out, runtime, json, seed = randomSeed(), ...options } = flags;
  const model = await openModel(file, runtime);
  const shape = nativeShape(model.card);
  const painted = await inpaint(model, {
    ...options,
    seed,
    image: readPng(image, "image", shape),
    mask: readPng(mask, "mask", { ...shape, channels: 1 }),
  });
  writeFileAtomically(out, painted.png());
  console.log(`wrote ${out}: seed ${seed}, ${describeSample(painted)}`);
  printJson({ json }, sampleJson(out, model, painted));
});
