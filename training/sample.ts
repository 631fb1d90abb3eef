/** `anneal sample`: draws images with a model file; the bytes are those that /sample serves. */
import { basename, dirname, extname, join } from "node:path";
import { type Model, type Sample, sample } from "../wasm-model/index.ts";
import type { ModelCard } from "../wasm-model/model/card.ts";
import { DEFAULT_MODEL } from "../wasm-model/model/model.ts";
import { encodeSheet, mostInSheet, type SheetImage, type SheetOrigin } from "../wasm-model/render/sheet.ts";
import { imageFiles, type NamedSeed, seedsIn } from "../wasm-model/request/file-names.ts";
import { OPTIONS } from "../wasm-model/request/option-docs.ts";
import { OptionError } from "../wasm-model/request/option-error.ts";
import { optionsOf, randomSeed, type SampleOptions } from "../wasm-model/request/options.ts";
import { imageSettingsOf, resolve } from "../wasm-model/request/resolve.ts";
import { seedText } from "../wasm-model/request/values.ts";
import { newVerb, numberIn, runCommandLine } from "./cli/command-line.ts";
import { expectFree, isFolder, makeFolder, readRegularFile, writeFileAtomically } from "./cli/files.ts";
import { openModel } from "./cli/model-files.ts";
import { progress } from "./cli/progress.ts";
import { UserError } from "./cli/user-error.ts";

interface SampleFlags {
  readonly seed?: string;
  readonly out: string;
  readonly count?: number;
  readonly seeds?: string;
  readonly force?: true;
}

/** In place of grids (`n`) there are sheets; there are no animations here. */
const NAMES = optionsOf("sample").filter((name) => name !== "n" && name !== "frames");

function commandLine(argv: readonly string[]): { file: string | undefined; flags: SampleFlags } {
  const command = newVerb("sample")
    .description("Draws images with a model and writes them as PNG files.")
    .argument("[model.onnx]", `the model's file, or its folder (default: ${DEFAULT_MODEL}, which is in the package)`)
    .requiredOption(
      "--out <file.png | folder/>",
      "Where the images go: into a folder a file for each, `class/seed.png`; several into one file side by side, with a JSON file beside it that says where each is (for Phaser, PixiJS, Godot).",
      outName,
    )
    .option("--count <n>", "Draw n images with the seeds {seed}/0, {seed}/1, ...", numberIn("count", 1, 1_000_000))
    .option(
      "--seeds <list>",
      "Draw an image for each line of this file, whose seed it is, or for each row of a CSV with the header seed,class.",
    )
    .option("--force", "Replace files of the folder, or a sheet, that are there.");
  for (const name of NAMES) command.option(`--${name} <${name}>`, `${OPTIONS[name].doc} Default: ${OPTIONS[name].default}.`);
  command.parse(argv);
  return { file: command.args[0], flags: command.opts<SampleFlags>() };
}

const isPng = (path: string): boolean => extname(path).toLowerCase() === ".png" && !isFolder(path);

/** Accepts a file name that ends in .png, or a folder. */
function outName(path: string): string {
  if (/[\\/]$/.test(path) || isFolder(path) || extname(path) === "" || isPng(path)) return path;
  throw new UserError(`Expected a file whose name ends in .png, or a folder that ends in a slash, for \`out\` but received "${path}"`);
}

/** What is drawn of a model: the options of each image, and the names of their files in a folder or on a sheet. */
interface Drawings {
  readonly model: Model;
  readonly images: readonly SampleOptions[];
  readonly files: readonly string[];
}

/** The name of the class that an image will have; undefined if the model has one alone, or the image none. */
function labelOf(options: SampleOptions, card: ModelCard): string | undefined {
  const [{ class: label }] = imageSettingsOf(resolve("sample", options, card), card);
  return label === undefined || card.labels.length === 1 ? undefined : card.labels[label];
}

/** Draws them one after the other. */
async function* drawEach({ model, images }: Drawings): AsyncGenerator<Sample> {
  const bar = progress("drawing", images.length);
  try {
    for (const [i, options] of images.entries()) {
      yield await sample(model, options);
      bar.update(i + 1);
    }
  } finally {
    bar.stop();
  }
}

/** Draws each image into the folder, each file complete or absent. */
async function drawInto(folder: string, drawings: Drawings, force?: true): Promise<Sample> {
  const paths = drawings.files.map((file) => join(folder, file));
  expectFree(paths, force);
  for (const place of new Set(paths.map((path) => dirname(path)))) makeFolder(place);
  let [last, done]: [Sample | undefined, number] = [undefined, 0];
  for await (last of drawEach(drawings)) writeFileAtomically(paths[done++], last.png());
  return last as Sample;
}

const jsonOf = (sheet: string): string => sheet.replace(/\.png$/i, ".json");

/** Draws all images into one file, with a JSON file beside it. Throws a UserError where they are too many. */
async function drawSheet(path: string, drawings: Drawings, options: SheetOrigin["options"]): Promise<Sample> {
  const { images, files, model } = drawings;
  const { card, version } = model;
  const found: SheetImage[] = [];
  let last: Sample | undefined;
  makeFolder(dirname(path));
  for await (last of drawEach(drawings)) {
    const most = mostInSheet(last);
    if (images.length > most)
      throw new UserError(
        `Expected at most ${most} images of ${last.width}x${last.height} for \`out\`, in one file, but received ${images.length}`,
      );
    found.push({ file: files[found.length], image: last });
  }
  const { png, json } = encodeSheet(found, { file: basename(path), model: card.name, version, options }, card.palette !== undefined);
  writeFileAtomically(path, png);
  writeFileAtomically(jsonOf(path), json);
  return last as Sample;
}

/** The result of `work` for image `i`. Throws a UserError with its number if it is one of a list. */
function withNumber<T>(list: string | undefined, i: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw list !== undefined && error instanceof OptionError ? new UserError(`Image ${i + 1} of "${list}": ${error.message}`) : error;
  }
}

/** The images of a folder or a sheet, by `seed` where no file names them. Throws a UserError if there are none. */
function requestsOf({ count, seeds: file, seed: given }: SampleFlags, seed: string): NamedSeed[] {
  if (file === undefined) {
    const first = seedText("seed", seed, 0);
    return count === undefined ? [{ seed: first }] : Array.from({ length: count }, (_, i) => ({ seed: `${first}/${i}` }));
  }
  if (count !== undefined || given !== undefined) throw new UserError("`--seeds` names all seeds: leave out `--seed` and `--count`");
  try {
    const list = seedsIn(new TextDecoder().decode(readRegularFile(file)));
    if (list.length === 0) throw new Error("it has no line");
    return list.map((named, i) => ({ ...named, seed: withNumber(file, i, () => seedText("seed", named.seed, 0)) }));
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`Expected a text with a seed a line for \`seeds\` but received "${file}": ${(error as Error).message}`);
  }
}

const describe = ({ width, height, sampler, steps, nfe }: Sample): string =>
  `${width}x${height}, ${sampler}, ${steps} noise levels, ${nfe} evaluations`;

await runCommandLine(async () => {
  const { file, flags } = commandLine(process.argv);
  const { out, count, seed = randomSeed(), seeds, force, ...options } = flags;
  const isSheet = isPng(out);
  if (isSheet && seeds === undefined && count === undefined) {
    const model = await openModel(file);
    makeFolder(dirname(out));
    const drawn = await sample(model, { ...options, seed });
    writeFileAtomically(out, drawn.png());
    return console.log(`wrote ${out}: seed ${seed}, ${drawn.label === undefined ? "" : `${drawn.label}, `}${describe(drawn)}`);
  }
  if (isSheet) expectFree([out, jsonOf(out)], force);
  const seedsOfImages = requestsOf(flags, seed);
  const model = await openModel(file);
  const images = seedsOfImages.map((named) => ({ ...options, ...named }));
  const files = imageFiles(images.map((image, i) => ({ seed: image.seed, class: withNumber(seeds, i, () => labelOf(image, model.card)) })));
  const all = { model, images, files };
  const drawn = await (isSheet ? drawSheet(out, all, options) : drawInto(out, all, force));
  const place = isSheet ? `${out} and ${jsonOf(out)}` : out;
  const [first, last] = [images[0].seed, images.at(-1)?.seed];
  const what = images.length === 1 ? `${place}: seed ${first},` : `${images.length} images to ${place}: seeds ${first} to ${last}, each`;
  console.log(`wrote ${what} ${describe(drawn)}`);
});
