/**
 * `anneal sample`: draws images with a model file; the bytes are those that /sample serves. With `--image` it varies
 * that image, with `--mask` beside it repaints its masked part. Files in a folder are named as Home names those of a set.
 */
import { existsSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { inpaint, type Model, type Sample, sample, vary } from "../wasm-model/index.ts";
import { nativeShape } from "../wasm-model/model/card.ts";
import { DEFAULT_MODEL } from "../wasm-model/model/model.ts";
import { fileNames, namesIn } from "../wasm-model/request/file-names.ts";
import { OPTIONS } from "../wasm-model/request/option-docs.ts";
import { optionsOf, randomSeed } from "../wasm-model/request/options.ts";
import { seedText } from "../wasm-model/request/values.ts";
import { newVerb, numberIn, runCommandLine } from "./cli/command-line.ts";
import { makeFolder, readRegularFile, writeFileAtomically } from "./cli/files.ts";
import { openModel, readImage } from "./cli/model-files.ts";
import { progress } from "./cli/progress.ts";
import { UserError } from "./cli/user-error.ts";

interface SampleFlags {
  readonly seed?: string;
  readonly out: string;
  readonly count?: number;
  readonly seeds?: string;
  readonly force?: true;
  readonly image?: string;
  readonly mask?: string;
  readonly strength?: string;
}

/** `n` is the flag `--count`; there are no animations here. */
const NAMES = optionsOf("sample").filter((name) => name !== "n" && name !== "frames");

function commandLine(argv: readonly string[]): { file: string | undefined; flags: SampleFlags } {
  const command = newVerb("sample")
    .description("Draws images with a model and writes them as PNG files.")
    .argument("[model.onnx]", `the model's file, or its folder (default: ${DEFAULT_MODEL}, which is in the package)`)
    .requiredOption("--out <file.png | folder/>", "Where the PNG goes. Into a folder goes a file for each image.", outName)
    .option(
      "--count <n>",
      `Draw n images with the seeds {seed}/0, {seed}/1, ...: a grid of at most ${OPTIONS.n.domain.max} in a .png file, or files of a folder.`,
      numberIn("count", 1, 1_000_000),
    )
    .option("--seeds <names.txt>", "Draw an image for each line of this file, whose seed it is, into the folder.")
    .option("--force", "Replace files of the folder that are there.")
    .option("--image <file>", "Draw variations of this image, of the model's native size.")
    .option("--mask <file>", "With --image: repaint its white part, so that it fits the rest; black stays as it is.")
    .option("--strength <strength>", `With --image, without --mask: ${OPTIONS.strength.doc}`);
  for (const name of NAMES) command.option(`--${name} <${name}>`, `${OPTIONS[name].doc} Default: ${OPTIONS[name].default}.`);
  command.parse(argv);
  return { file: command.args[0], flags: command.opts<SampleFlags>() };
}

const isFolder = (path: string): boolean => /[\\/]$/.test(path) || statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** Accepts a folder, or a file name that ends in .png or has no ending. */
function outName(path: string): string {
  if (isFolder(path) || ["", ".png"].includes(extname(path).toLowerCase())) return path;
  throw new UserError(`Expected a file whose name ends in .png, or a folder that ends in a slash, for \`out\` but received "${path}"`);
}

type Draw = (options: { readonly seed: string; readonly n?: number }) => Promise<Sample>;

/** Draws by these options. Throws a UserError for a mask without an image. */
async function drawer(model: Model, options: object, image: string | undefined, mask: string | undefined): Promise<Draw> {
  const shape = nativeShape(model.card);
  if (image === undefined) {
    if (mask !== undefined) throw new UserError("`--mask` works with `--image` only, whose white part it repaints");
    return (asked) => sample(model, { ...options, ...asked });
  }
  const pixels = await readImage(image, "image", shape);
  if (mask === undefined) return (asked) => vary(model, { ...options, ...asked, image: pixels });
  const masked = await readImage(mask, "mask", { ...shape, channels: 1 });
  return (asked) => inpaint(model, { ...options, ...asked, image: pixels, mask: masked });
}

/** Draws an image for each seed into the folder, each file complete or absent. Throws a UserError, before any, where one is there. */
async function drawInto(folder: string, seeds: readonly string[], draw: Draw, force = false): Promise<Sample> {
  const paths = fileNames(seeds).map((name) => join(folder, name));
  const existing = paths.filter((path) => existsSync(path));
  if (existing.length > 0 && !force)
    throw new UserError(`\`${existing[0]}\` is there already (${existing.length} of ${paths.length} files): --force replaces it`);
  makeFolder(folder);
  const bar = progress("drawing", seeds.length);
  let last: Sample | undefined;
  try {
    for (const [i, seed] of seeds.entries()) {
      last = await draw({ seed });
      writeFileAtomically(paths[i], last.png());
      bar.update(i + 1);
    }
  } finally {
    bar.stop();
  }
  return last as Sample;
}

/** The seeds of a folder's images, by `seed` where no file names them. Throws a UserError if there are none. */
function seedsOf({ count, out, seeds: file, seed: given }: SampleFlags, seed: string): string[] {
  if (file === undefined) {
    const first = seedText("seed", seed, 0);
    return count === undefined ? [first] : Array.from({ length: count }, (_, i) => `${first}/${i}`);
  }
  if (count !== undefined || given !== undefined) throw new UserError("`--seeds` names all seeds: leave out `--seed` and `--count`");
  if (!isFolder(out) && extname(out) !== "") throw new UserError(`Expected a folder for \`out\`, with \`--seeds\`, but received "${out}"`);
  try {
    const names = namesIn(new TextDecoder().decode(readRegularFile(file)));
    if (names.length > 0) return names.map((name) => seedText("seed", name, 0));
    throw new Error("it has no line");
  } catch (error) {
    throw new UserError(`Expected a text with a seed a line for \`seeds\` but received "${file}": ${(error as Error).message}`);
  }
}

const describe = ({ width, height, sampler, steps, nfe }: Sample): string =>
  `${width}x${height}, ${sampler}, ${steps} noise levels, ${nfe} evaluations`;

await runCommandLine(async () => {
  const { file, flags } = commandLine(process.argv);
  const { out, count, seed = randomSeed(), seeds, force, image, mask, ...options } = flags;
  // Several images go into one file only if its name says that it is an image.
  if (!isFolder(out) && seeds === undefined && (count === undefined || extname(out) !== "")) {
    const draw = await drawer(await openModel(file), options, image, mask);
    const drawn = await draw({ seed, ...(count !== undefined && { n: count }) });
    writeFileAtomically(out, drawn.png());
    const what = count === undefined ? `seed ${seed}` : `${count} images of the seeds ${seed}/0 to ${seed}/${count - 1}`;
    const { label } = drawn;
    return console.log(`wrote ${out}: ${what}, ${label === undefined ? "" : `${label}, `}${describe(drawn)}`);
  }
  const all = seedsOf(flags, seed);
  const draw = await drawer(await openModel(file), options, image, mask);
  const drawn = await drawInto(out, all, draw, force);
  console.log(`wrote ${all.length} images to ${out}: seeds ${all[0]} to ${all.at(-1)}, each ${describe(drawn)}`);
});
