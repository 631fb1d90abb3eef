/** Loads the folder of images that `--data` names: decodes them into memory. */
import { createHash } from "node:crypto";
import { availableParallelism } from "node:os";
import { CLASS_NAME, DATA_NAME, lookAlike } from "../../wasm-model/model/card.ts";
import { ENLARGED } from "../../wasm-model/network/finishers.ts";
import type { NetworkSpec, Size } from "../../wasm-model/network/spec.ts";
import { joined } from "../../wasm-model/schema/bytes.ts";
import { faultOf } from "../../wasm-model/schema/fields.ts";
import { counted, listed } from "../../wasm-model/schema/text.ts";
import { progress } from "../cli/progress.ts";
import { UserError } from "../cli/user-error.ts";
import { inChannels, isGrey, memorySplit, pieces, type Split } from "../network/split.ts";
import { layOut, type Skipped } from "./class-folders.ts";
import type { ConversionSettings } from "./conversion.ts";
import { convertPictures, type FoundImage, firstSettings } from "./convert.ts";
import { alphaOf } from "./cut-outs.ts";
import type { Dataset, TrainingData } from "./dataset.ts";
import { type Decode, type DecodedImage, imageDecoder, reduced } from "./decode.ts";
import { expectFolder, type ImageFolder, imageFolder, UnusableFile } from "./folder.ts";
import { choosePictures, type PlacedFile } from "./hold-out.ts";
import { describeSkipped, remarksOn } from "./remarks.ts";
import { evenlyChosen, isLarge, type LargePictures } from "./sizes.ts";

/**
 * `given`: settings that take the place of the data set's own. Says first what it finds. Throws a UserError if the folder cannot
 * be read, and if none of its images can be used.
 */
export async function loadDataset(place: string, given: Partial<ConversionSettings> = {}): Promise<Dataset> {
  expectFolder(place);
  const folder = imageFolder(place);
  expectName(DATA_NAME, folder.name, "the name of the folder of `data`");
  const { files, classes, skipped, note } = layOut(folder.paths, folder.name);
  expectClasses(classes);
  const beside = skipped.length > 0 ? `, beside ${counted(skipped.length, "file")} that it does not read` : "";
  console.log(`found: ${counted(files.length, "image")} of ${counted(classes.length, "class", "classes")} in ${place}${beside}`);
  const first = firstSettings(given);
  expectFitsMemory(files.length, first, process.availableMemory());
  const { decoded, failed } = await decodeAll(folder, files, first);

  // Classes without a training image are left out before pictures are converted, and those that have lost all to others after.
  const used = files.filter(({ path }) => decoded.has(path));
  const trained = new Set(used.flatMap(({ split, label }) => (split === "train" ? [label] : [])));
  const [kept, others] = [true, false].map((isKept) => used.filter(({ label }) => trained.has(label) === isKept));
  const unused = [...skipped, ...failed, ...others.map(({ path }) => ({ path, reason: "of a class without training images" }))];
  if (kept.length === 0) {
    const why = unused.length > 0 ? `: ${describeSkipped(unused)}` : "";
    throw new UserError(`"${place}" has no image that can be used (PNG, JPEG, WebP, GIF or AVIF)${why}`);
  }

  const again: Parameters<typeof convertPictures>[2] = async (some, others) =>
    some.length > 0 ? imagesAt(some, (await decodeAll(folder, some, others)).decoded) : [];
  const { images: pictures, settings, palette, ...found } = await convertPictures(imagesAt(kept, decoded), given, again);
  decoded.clear(); // what was decoded takes more memory than what is learned
  const images = kept.map((file, i) => ({ ...file, ...pictures[i] }));
  const { classes: alive, train, test, families, alike } = choosePictures(images, settings);
  const lost = [...trained].filter((label) => !alive.includes(label)).map((label) => `"${classes[label]}"`);
  const notes = [...(note === undefined ? [] : [note]), ...found.notes];
  if (lost.length > 0) notes.push(`classes left out, since their pictures are all the same as others': ${listed(lost)}`);
  const { width, height, transparent } = settings;
  const channels = !transparent && !palette && images.every(({ pixels }) => isGrey(pixels)) ? 1 : 3;
  const splitOf = (chosen: typeof train, families?: Int32Array): Split => {
    const size = width * height * channels;
    const bytes = new Uint8Array(chosen.length * size);
    for (const [i, { pixels }] of chosen.entries()) bytes.set(inChannels(pixels, channels), i * size);
    return memorySplit(
      bytes,
      chosen.map(({ label }) => label),
      families,
    );
  };
  const learned = splitOf(train, families);
  const alpha = (chosen: typeof train): Uint8Array => joined(chosen.map(({ rgba }) => alphaOf(rgba)));
  const remarks = remarksOn(images, unused, settings, { train: train.length, test: test.length, alike });
  return {
    name: folder.name,
    folder: place,
    labels: alive.map((label) => classes[label]),
    train: learned,
    test: test.length > 0 ? splitOf(test) : learned,
    hasTest: test.some(({ split }) => split === "test"),
    ...{ height, width, channels, palette },
    ...(transparent && { alpha: { train: alpha(train), test: alpha(test.length > 0 ? test : train) } }),
    large: evenlyChosen(train.filter((image) => isLarge(image, settings)).map(({ path }) => path)),
    pictures: settings,
    ...{ ...remarks, notes: [...notes, ...remarks.notes] },
  };
}

const MAX_CLASSES = 10_000;

/** Throws a UserError, before images are decoded, for classes that no model's card can have. */
export function expectClasses(classes: readonly string[]): void {
  if (classes.length > MAX_CLASSES)
    throw new UserError(`Expected at most ${MAX_CLASSES} classes (sub-folders) for \`data\` but received ${classes.length}`);
  for (const name of classes) expectName(CLASS_NAME, name, "the name of each class (sub-folder) of `data`");
  const twin = lookAlike(classes);
  if (twin !== undefined)
    throw new UserError(
      `Expected names that look different for the classes (sub-folders) of \`data\` but received "${twin}" twice: rename one of the folders`,
    );
}

function expectName(schema: typeof CLASS_NAME, received: string, what: string): void {
  const fault = faultOf(schema, received);
  if (fault) throw new UserError(`Expected ${fault.expected} for ${what} but received ${fault.received}: rename the folder`);
}

/** The pictures of these files, in their order. */
const imagesAt = (files: readonly Pick<PlacedFile, "path">[], decoded: ReadonlyMap<string, DecodedImage>): FoundImage[] =>
  files.map(({ path }) => ({ path, ...decoded.get(path)! }));

/** Throws a UserError if so many images take more than 1 GB and more than half of the free bytes: they are copied once. */
export function expectFitsMemory(count: number, { width, height }: Size, free: number): void {
  const fit = Math.floor(Math.max(2 ** 30, free / 2) / (4 * width * height));
  if (count > fit)
    throw new UserError(`Expected at most ${fit} images of ${width}x${height} for \`data\`, which fit into memory, but received ${count}`);
}

/**
 * The pictures of `large`. The small ones are reduced from the large ones: reduced from its file to two sizes, a picture may lie half
 * a pixel apart. Throws a UserError for a file that cannot be read any more.
 */
export async function largePictures({ folder: place, large: paths, pictures }: Dataset): Promise<LargePictures> {
  const folder = imageFolder(place);
  const there = paths.filter((path) => folder.paths.includes(path)).map((path) => ({ path }));
  const size = { width: ENLARGED * pictures.width, height: ENLARGED * pictures.height };
  const { decoded } = await decodeAll(folder, there, { ...pictures, ...size });
  const made = paths.map(async (path) => {
    const { rgba: large } = decoded.get(path) ?? {};
    if (!large) throw new UserError(`The picture "${path}" of \`${place}\` cannot be read any more`);
    return { small: await reduced(large, size, pictures), large };
  });
  return { pictures: await Promise.all(made), background: pictures.background, isCutOut: pictures.transparent };
}

/** SHA-256 of all that a run learns and is measured by: images of each split, their shape, opacity and 16-bit labels, then the files of `large`. */
export async function dataSha256(dataset: TrainingData): Promise<string> {
  const { train, validation, test, alpha, large, height, width, channels } = dataset;
  const hash = createHash("sha256").update(`${height} x ${width} x ${channels}\n`);
  for (const split of [train, validation, test]) {
    hash.update(`${split.count}\n`);
    for (const piece of pieces(split)) hash.update(piece);
    hash.update(split.labels);
  }
  for (const opacity of Object.values(alpha ?? {})) hash.update(opacity);
  const folder = large.length > 0 ? imageFolder(dataset.folder) : undefined;
  for (const path of large) hash.update(await folder!.read(path));
  return hash.digest("hex");
}

/** Images that are read and decoded at the same time. */
const AT_ONCE = 4 * availableParallelism();

/** The images that could be decoded, by path, and the others. */
async function decodeAll(folder: ImageFolder, files: readonly Pick<PlacedFile, "path">[], settings: Parameters<Decode>[1]) {
  const decode = await imageDecoder();
  const decoded = new Map<string, DecodedImage>();
  const failed: Skipped[] = [];
  const bar = progress(`decoding ${folder.name}`, files.length);
  const queue = files.values();
  const work = async (): Promise<void> => {
    for (const { path } of queue) {
      try {
        decoded.set(path, await decode(await folder.read(path), settings));
      } catch (error) {
        if (!(error instanceof UnusableFile)) throw error;
        failed.push({ path, reason: error.message });
      }
      bar.update(decoded.size + failed.length);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    bar.stop();
  }
  return { decoded, failed };
}

/** The folder of a class: it cannot have a slash. */
export const folderOf = (label: string): string => label.replaceAll("/", "-");

/** The images with the labels of the model `owner`, in their order. Throws a UserError for other classes, but that of a model of one. */
export function inOrder(dataset: Dataset, labels: readonly string[], owner: string): Dataset {
  const to =
    labels.length === 1 && dataset.labels.length === 1
      ? [0]
      : dataset.labels.map((name) => labels.findIndex((label) => folderOf(label) === name));
  if (to.includes(-1) || to.length !== labels.length) {
    throw new UserError(
      `Expected images of the classes of \`${owner}\`, ${listed(labels)}, in \`${dataset.folder}\` but received ${listed(dataset.labels)}`,
    );
  }
  const ordered = (split: Split): Split => ({ ...split, labels: split.labels.map((label) => to[label]) });
  const train = ordered(dataset.train);
  return { ...dataset, labels, train, test: dataset.test === dataset.train ? train : ordered(dataset.test) };
}

/** Throws a UserError unless the data set has the image shape and number of classes of `owner`, a run or a model. */
export function expectFits(dataset: Dataset, spec: Pick<NetworkSpec, "height" | "width" | "channels" | "classes">, owner: string): void {
  const describe = (height: number, width: number, channels: number, classes: number): string =>
    `${height} x ${width} x ${channels} pixels and ${classes} classes`;
  const expected = describe(spec.height, spec.width, spec.channels, spec.classes);
  const received = describe(dataset.height, dataset.width, dataset.channels, dataset.labels.length);
  if (received !== expected) throw new UserError(`Expected data of ${expected}, like those of ${owner}, but received ${received}`);
}
