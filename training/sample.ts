/**
 * `anneal sample`: draws images with a model file; the bytes are those that /sample serves. With `--image` it varies
 * that image, with `--mask` beside it repaints its masked part.
 */
import { basename, dirname, extname, join } from "node:path";
import { inpaint, type Model, type Sample, sample, vary } from "../wasm-model/index.ts";
import { nativeShape } from "../wasm-model/model/card.ts";
import { DEFAULT_MODEL } from "../wasm-model/model/model.ts";
import { encodeSheet, mostInSheet, type SheetImage, type SheetOrigin } from "../wasm-model/render/sheet.ts";
import { imageFiles, type NamedSeed, seedsIn } from "../wasm-model/request/file-names.ts";
import { OPTIONS } from "../wasm-model/request/option-docs.ts";
import { OptionError } from "../wasm-model/request/option-error.ts";
import { optionsOf, randomSeed } from "../wasm-model/request/options.ts";
import { imageSettingsOf, resolve } from "../wasm-model/request/resolve.ts";
import { seedText } from "../wasm-model/request/values.ts";
import { newVerb, numberIn, runCommandLine } from "./cli/command-line.ts";
import { expectFree, isFolder, makeFolder, readRegularFile, writeFileAtomically } from "./cli/files.ts";
import { openModel, readImage } from "./cli/model-files.ts";
import { progress } from "./cli/progress.ts";
import { UserError } from "./cli/user-error.ts";

interface SampleFlags {
  readonly seed?: string;
  readonly out?: string;
  readonly sheet?: string;
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
    .option("--force", "Replace files of the folder, or a sheet, that are there.")
    .option("--image <file>", "Draw variations of this image, of the model's native size.")
    .option("--mask <file>", "With --image: repaint its white part, so that it fits the rest; black stays as it is.")
    .option("--strength <strength>", `With --image, without --mask: ${OPTIONS.strength.doc}`);
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

/** An image to draw, with its class if the list of seeds names one. */
interface ImageRequest extends NamedSeed {
  readonly n?: number;
}

interface Drawer {
  readonly draw: (asked: ImageRequest) => Promise<Sample>;
  /** The name of the class that the image will have; undefined if the model has one alone, or the image none. */
  readonly labelOf: (asked: ImageRequest) => string | undefined;
}

/** Draws by these options. Throws a UserError for a mask without an image. */
async function drawer(model: Model, options: object, image: string | undefined, mask: string | undefined): Promise<Drawer> {
  const { card } = model;
  const shape = nativeShape(card);
  const operation = image === undefined ? "sample" : mask === undefined ? "vary" : "inpaint";
  const all = ({ class: label, ...asked }: ImageRequest) => ({ ...options, ...asked, ...(label !== undefined && { class: label }) });
  const labelOf = (asked: ImageRequest): string | undefined => {
    const [{ class: label }] = imageSettingsOf(resolve(operation, all(asked), card), card);
    return label === undefined || card.labels.length === 1 ? undefined : card.labels[label];
  };
  if (image === undefined) {
    if (mask !== undefined) throw new UserError("`--mask` works with `--image` only, whose white part it repaints");
    return { labelOf, draw: (asked) => sample(model, all(asked)) };
  }
  const pixels = await readImage(image, "image", card.cutOut ? { ...shape, channels: 4 } : shape);
  if (mask === undefined) return { labelOf, draw: (asked) => vary(model, { ...all(asked), image: pixels }) };
  const masked = await readImage(mask, "mask", { ...shape, channels: 1 });
  return { labelOf, draw: (asked) => inpaint(model, { ...all(asked), image: pixels, mask: masked }) };
}

/** Images to draw, with the name of each in a folder or on a sheet. */
interface Drawings extends Drawer {
  readonly images: readonly ImageRequest[];
  readonly files: readonly string[];
}

/** Draws them one after the other. */
async function* drawEach({ images, draw }: Drawings): AsyncGenerator<Sample> {
  const bar = progress("drawing", images.length);
  try {
    for (const [i, asked] of images.entries()) {
      yield await draw(asked);
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
async function drawSheet(path: string, drawings: Drawings, { card, version }: Model, options: SheetOrigin["options"]): Promise<Sample> {
  const { images, files } = drawings;
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
function requestsOf({ count, out, seeds: file, seed: given }: SampleFlags, seed: string): ImageRequest[] {
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
  const { out, sheet, count, seed = randomSeed(), seeds, force, image, mask, ...options } = flags;
  // Several images go into one file only if its name says that it is an image.
  if (out !== undefined && !meansFolder(out) && seeds === undefined && (count === undefined || extname(out) !== "")) {
    const { draw } = await drawer(await openModel(file), options, image, mask);
    makeFolder(dirname(out));
    const drawn = await draw({ seed, ...(count !== undefined && { n: count }) });
    writeFileAtomically(out, drawn.png());
    const what = count === undefined ? `seed ${seed}` : `${count} images of the seeds ${seed}/0 to ${seed}/${count - 1}`;
    const { label } = drawn;
    return console.log(`wrote ${out}: ${what}, ${label === undefined ? "" : `${label}, `}${describe(drawn)}`);
  }
  if (sheet !== undefined) expectFree([sheet, jsonOf(sheet)], force);
  const images = requestsOf(flags, seed);
  const model = await openModel(file);
  const by = await drawer(model, options, image, mask);
  const files = imageFiles(images.map((asked, i) => ({ seed: asked.seed, class: withNumber(seeds, i, () => by.labelOf(asked)) })));
  const all = { ...by, images, files };
  const drawn = await (sheet === undefined ? drawInto(out as string, all, force) : drawSheet(sheet, all, model, options));
  const place = sheet === undefined ? out : `${sheet} and ${jsonOf(sheet)}`;
  const [first, last] = [images[0].seed, images.at(-1)?.seed];
  const what = images.length === 1 ? `${place}: seed ${first},` : `${images.length} images to ${place}: seeds ${first} to ${last}, each`;
  console.log(`wrote ${what} ${describe(drawn)}`);
});
