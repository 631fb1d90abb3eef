/**
 * `anneal sample`: draws images with a model file; the bytes are those that /sample serves. With `--image` it varies
 * that image, with `--mask` beside it repaints its masked part.
 */
import { extname } from "node:path";
import { inpaint, type Model, type Sample, type SampleOptions, sample, vary } from "../wasm-model/index.ts";
import { nativeShape } from "../wasm-model/model/card.ts";
import { DEFAULT_MODEL } from "../wasm-model/model/model.ts";
import { OPTIONS } from "../wasm-model/request/option-docs.ts";
import { optionsOf, randomSeed } from "../wasm-model/request/options.ts";
import { newVerb, numberIn, runCommandLine } from "./cli/command-line.ts";
import { writeFileAtomically } from "./cli/files.ts";
import { openModel, readImage } from "./cli/model-files.ts";
import { UserError } from "./cli/user-error.ts";

interface SampleFlags extends Partial<SampleOptions> {
  readonly out: string;
  readonly count?: number;
  readonly image?: string;
  readonly mask?: string;
  readonly strength?: string;
}

/** `n` is the flag `--count`; there are no animations here. */
const NAMES = optionsOf("sample").filter((name) => name !== "n" && name !== "frames");

function commandLine(argv: readonly string[]): { file: string | undefined; flags: SampleFlags } {
  const { min, max } = OPTIONS.n.domain;
  const command = newVerb("sample")
    .description("Draws an image with a model and writes a PNG file.")
    .argument("[model.onnx]", `the model's file, or its folder (default: ${DEFAULT_MODEL}, which is in the package)`)
    .requiredOption("--out <file.png>", "Where the PNG goes.", pngName)
    .option("--count <n>", "Draw a grid of n images with the seeds {seed}/0, {seed}/1, ...", numberIn("count", min, max))
    .option("--image <file>", "Draw variations of this image, of the model's native size.")
    .option("--mask <file>", "With --image: repaint its white part, so that it fits the rest; black stays as it is.")
    .option("--strength <strength>", `With --image, without --mask: ${OPTIONS.strength.doc}`);
  for (const name of NAMES) command.option(`--${name} <${name}>`, `${OPTIONS[name].doc} Default: ${OPTIONS[name].default}.`);
  command.parse(argv);
  return { file: command.args[0], flags: command.opts<SampleFlags>() };
}

/** Accepts a file name that ends in .png or has no ending. */
function pngName(path: string): string {
  if (["", ".png"].includes(extname(path).toLowerCase())) return path;
  throw new UserError(`Expected a file whose name ends in .png for \`out\` but received "${path}"`);
}

/** The image that the flags ask for. Throws a UserError for a mask without an image. */
async function draw(model: Model, { count, image, mask, seed = randomSeed(), ...options }: Omit<SampleFlags, "out">): Promise<Sample> {
  const all = { ...options, seed, n: count };
  const shape = nativeShape(model.card);
  if (image === undefined) {
    if (mask !== undefined) throw new UserError(`Expected \`image\` together with \`mask\` but received nothing`);
    return sample(model, all);
  }
  const pixels = await readImage(image, "image", shape);
  if (mask === undefined) return vary(model, { ...all, image: pixels });
  return inpaint(model, { ...all, image: pixels, mask: await readImage(mask, "mask", { ...shape, channels: 1 }) });
}

await runCommandLine(async () => {
  const { file, flags } = commandLine(process.argv);
  const { out, ...asked } = flags;
  const image = await draw(await openModel(file), asked);
  writeFileAtomically(out, image.png());
  const { seed, n, label = "no class in particular", width, height, sampler, steps, nfe } = image;
  const what = n === undefined ? `seed ${seed}` : `${n} images of the seeds ${seed}/0 to ${seed}/${n - 1}`;
  console.log(`wrote ${out}: ${what}, ${label}, ${width}x${height}, ${sampler}, ${steps} noise levels, ${nfe} evaluations`);
});
