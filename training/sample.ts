/** `npm run sample`: draws images with a model file, the very bytes that /sample serves. */
import { InvalidArgumentError } from "commander";
import { grid } from "../wasm-model/image/grid.ts";
import { encodePng } from "../wasm-model/image/png.ts";
import { type Sample, sample } from "../wasm-model/index.ts";
import { runCommandLine } from "./command-line.ts";
import { describeSample, newSamplingCommand, openModel, randomSeed, type SamplingFlags } from "./sampling-command.ts";
import { writeFileAtomically } from "./write-file.ts";

interface Flags extends SamplingFlags {
  readonly count?: number;
}

const MAX_COUNT = 1024;

function commandLine(argv: readonly string[]): { file: string; flags: Flags } {
  const command = newSamplingCommand("sample", "Draws an image with a model, as a PNG file.")
    .option("--count <n>", "Draw a grid of n images, of the seeds {seed}/0, {seed}/1, ...", count)
    .parse(argv);
  return { file: command.args[0], flags: command.opts<Flags>() };
}

function count(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > MAX_COUNT) {
    throw new InvalidArgumentError(`Expected an integer from 1 to ${MAX_COUNT} for \`count\` but received ${text}`);
  }
  return value;
}

await runCommandLine(async () => {
  const { file, flags } = commandLine(process.argv);
  const { count, out, runtime, seed = randomSeed(), ...options } = flags;
  const model = await openModel(file, runtime);
  if (count === undefined) {
    const image = await sample(model, { ...options, seed });
    writeFileAtomically(out, image.png());
    console.log(`wrote ${out}: seed ${seed}, ${describeSample(image)}`);
    return;
  }
  const images: Sample[] = [];
  for (let k = 0; k < count; k++) images.push(await sample(model, { ...options, seed: `${seed}/${k}` }));
  writeFileAtomically(out, encodePng(grid(images, Math.ceil(Math.sqrt(count)))));
  console.log(`wrote ${out}: ${count} images of the seeds ${seed}/0 to ${seed}/${count - 1}`);
});
