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
  readonly out?: string;
  readonly sheet?: string;
  readonly count?: number;
  readonly seeds?: string;
  readonly force?: true;
}

/** `n` is the flag `--count`; there are no animations here. */
const NAMES = optionsOf("sample").filter((name) => name !== "n" && name !== "frames");

function commandLine(argv: readonly string[]): { file: string | undefined; flags: SampleFlags } {
  const command = newVerb("sample")
    .description("Draws images with a model and writes them as PNG files.")
    .argument("[model.onnx]", `the model's file, or its folder (default: ${DEFAULT_MODEL}, which is in the package)`)
    .option("--out <file.png | folder/>", "Where the PNG goes. Into a folder goes a file for each image, `class/seed.png`.", outName)
    .option(
      "--sheet <file.png>",
      "In place of --out: all images side by side in one file, and a JSON file beside it that says where each is (for Phaser, PixiJS, Godot).",
      sheetName,
    )
    .option(
      "--count <n>",
      `Draw n images with the seeds {seed}/0, {seed}/1, ...: a grid of at most ${OPTIONS.n.domain.max} in a .png file, a sheet, or files of a folder.`,
      numberIn("count", 1, 1_000_000),
    )
    .option(
      "--seeds <list>",
      "Draw an image for each line of this file, whose seed it is, or for each row of a CSV with the header seed,class.",
    )
    .option("--force", "Replace files of the folder, or a sheet, that are there.");
  for (const name of NAMES) command.option(`--${name} <${name}>`, `${OPTIONS[name].doc} Default: ${OPTIONS[name].default}.`);
  command.parse(argv);
  const { out, sheet } = command.opts<SampleFlags>();
  if (out === undefined && sheet === undefined) throw new UserError("`sample` needs --out or --sheet, which say where the images go");
  if (out !== undefined && sheet !== undefined) throw new UserError("`--sheet` is in place of `--out`: leave out one of them");
  return { file: command.args[0], flags: command.opts<SampleFlags>() };
}

const meansFolder = (path: string): boolean => /[\\/]$/.test(path) || isFolder(path);

/** Accepts a folder, or a file name that ends in .png or has no ending. */
function outName(path: string): string {
  if (meansFolder(path) || ["", ".png"].includes(extname(path).toLowerCase())) return path;
  throw new UserError(`Expected a file whose name ends in .png, or a folder that ends in a slash, for \`out\` but received "${path}"`);
}

function sheetName(path: string): string {
  if (extname(path).toLowerCase() === ".png") return path;
  throw new UserError(`Expected a file whose name ends in .png for \`sheet\` but received "${path}"`);
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
      throw new UserError(`Expected at most ${most} images of ${last.width}x${last.height} for \`sheet\` but received ${images.length}`);
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
function requestsOf({ count, out, seeds: file, seed: given }: SampleFlags, seed: string): NamedSeed[] {
  if (file === undefined) {
    const first = seedText("seed", seed, 0);
    return count === undefined ? [{ seed: first }] : Array.from({ length: count }, (_, i) => ({ seed: `${first}/${i}` }));
  }
  if (count !== undefined || given !== undefined) throw new UserError("`--seeds` names all seeds: leave out `--seed` and `--count`");
  if (out !== undefined && !meansFolder(out) && extname(out) !== "")
    throw new UserError(`Expected a folder for \`out\`, with \`--seeds\`, but received "${out}"`);
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
  const { out, sheet, count, seed = randomSeed(), seeds, force, ...options } = flags;
  // Several images go into one file only if its name says that it is an image.
  if (out !== undefined && !meansFolder(out) && seeds === undefined && (count === undefined || extname(out) !== "")) {
    const model = await openModel(file);
    makeFolder(dirname(out));
    const drawn = await sample(model, { ...options, seed, ...(count !== undefined && { n: count }) });
    writeFileAtomically(out, drawn.png());
    const what = count === undefined ? `seed ${seed}` : `${count} images of the seeds ${seed}/0 to ${seed}/${count - 1}`;
    const { label } = drawn;
    return console.log(`wrote ${out}: ${what}, ${label === undefined ? "" : `${label}, `}${describe(drawn)}`);
  }
  if (sheet !== undefined) expectFree([sheet, jsonOf(sheet)], force);
  const seedsOfImages = requestsOf(flags, seed);
  const model = await openModel(file);
  const images = seedsOfImages.map((named) => ({ ...options, ...named }));
  const files = imageFiles(images.map((image, i) => ({ seed: image.seed, class: withNumber(seeds, i, () => labelOf(image, model.card)) })));
  const all = { model, images, files };
  const drawn = await (sheet === undefined ? drawInto(out as string, all, force) : drawSheet(sheet, all, options));
  const place = sheet === undefined ? out : `${sheet} and ${jsonOf(sheet)}`;
  const [first, last] = [images[0].seed, images.at(-1)?.seed];
  const what = images.length === 1 ? `${place}: seed ${first},` : `${images.length} images to ${place}: seeds ${first} to ${last}, each`;
  console.log(`wrote ${what} ${describe(drawn)}`);
});
