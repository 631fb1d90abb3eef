/**
 * `anneal sample`: draws images with a model file; the bytes are those that /sample serves. With `--image` it varies
 * that image, with `--mask` beside it repaints its masked part.
 */
import { inpaint, type Model, OPTIONS, type Sample, sample, vary } from "../wasm-model/index.ts";
import { nativeShape } from "../wasm-model/model/card.ts";
import { randomSeed } from "../wasm-model/request/options.ts";
import { numberIn, printJson, runCommandLine } from "./cli/command-line.ts";
import { writeFileAtomically } from "./cli/files.ts";
import { describeSample, newSamplingCommand, openModel, readPng, type SamplingFlags, sampleJson } from "./cli/sampling-command.ts";
import { UserError } from "./cli/user-error.ts";

interface SampleFlags extends SamplingFlags {
  readonly count?: number;
  readonly image?: string;
  readonly mask?: string;
  readonly strength?: string;
}

function commandLine(argv: readonly string[]): { file: string | undefined; flags: SampleFlags } {
  const { min, max } = OPTIONS.n.domain;
  const command = newSamplingCommand("Draws an image with a model and writes a PNG file.")
    .option("--count <n>", "Draw a grid of n images with the seeds {seed}/0, {seed}/1, ...", numberIn("count", min, max))
    .option("--image <file.png>", "Draw variations of this image, of the model's native size.")
    .option("--mask <file.png>", "With --image: repaint its white part, so that it fits the rest; black stays as it is.")
    .option("--strength <strength>", `With --image, without --mask: ${OPTIONS.strength.doc}`)
    .parse(argv);
  return { file: command.args[0], flags: command.opts<SampleFlags>() };
}

/** The image that the flags ask for. Throws a UserError for a mask without an image. */
function draw(
  model: Model,
  { count, image, mask, seed = randomSeed(), ...options }: Omit<SampleFlags, "out" | "runtime" | "json">,
): Promise<Sample> {
  const all = { ...options, seed, n: count };
  const shape = nativeShape(model.card);
  if (image === undefined) {
    if (mask !== undefined) throw new UserError(`Expected \`image\` together with \`mask\` but received nothing`);
    return sample(model, all);
  }
  const own = readPng(image, "image", shape);
  if (mask === undefined) return vary(model, { ...all, image: own });
  return inpaint(model, { ...all, image: own, mask: readPng(mask, "mask", { ...shape, channels: 1 }) });
}

await runCommandLine(async () => {
  const { file, flags } = commandLine(process.argv);
  const { out, runtime, json, ...asked } = flags;
  const model = await openModel(file, runtime);
  const image = await draw(model, asked);
  writeFileAtomically(out, image.png());
  const { seed, n } = image;
  const what = n === undefined ? `seed ${seed}` : `${n} images of the seeds ${seed}/0 to ${seed}/${n - 1}`;
  console.log(`wrote ${out}: ${what}, ${describeSample(image)}`);
  printJson({ json }, sampleJson(out, model, image));
});
