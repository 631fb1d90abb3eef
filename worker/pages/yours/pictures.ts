/** Files that the visitor chose, as squares that the network sees. */
import { evenlyChosen, isLarge } from "../../../training/data/large.ts";
import { ENLARGED } from "../../../wasm-model/network/enlarger.ts";
import { nextTurn } from "../../../wasm-model/render/turn.ts";
import { element } from "../shared/dom.ts";
import { contextOf } from "../shared/pixels.ts";
import exampleFile from "./example.png?url";
import { CLASSES, COLUMNS, OF_EACH } from "./example.ts";
import { type Crop, type Picture, type PictureClass, SIDE } from "./protocol.ts";

/** A file and its way from the folder that was chosen. */
export interface Found {
  readonly path: string;
  readonly file: File;
}

/** A browser decodes four bytes a pixel, whatever size is wanted: so many pixels take 430 MB. */
const MOST_PIXELS = 108e6;
/** The most pictures of a run: with so many the page has 260 MB before it trains. */
export const MOST = 5000;
/** The most of which there is a large one: 20 MB. */
const MOST_LARGE = 200;

/** Why a file is no picture, in a few words. */
class Unusable extends Error {}

const canvas = element("canvas");

/** The picture in a file, as the browser decodes it. `withLarge`: the large one too, if it has one. Throws an Unusable. */
async function pictureOf({ path, file }: Found, withLarge: boolean): Promise<Picture> {
  const { width, height, image } = await measured(file);
  if (width * height > MOST_PIXELS) throw new Unusable(`larger than ${MOST_PIXELS / 1e6} megapixels`);
  return inTurn(width * height, async () => {
    const decoded = await decode(file, width, height);
    const square = async (side: number, length: number): Promise<Uint8Array> => {
      const [w, h] = scaledBy(side / length, width, height);
      const source = decoded ? await createImageBitmap(decoded, resizedTo(w, h)) : image;
      const [left, top] = [w, h].map((size) => Math.round((side - size) / 2));
      const pixels = pixelsOf(side, (context) => context.drawImage(source, left, top, w, h));
      if (source instanceof ImageBitmap) source.close();
      return pixels;
    };
    const squares = async (side: number): Promise<Record<Crop, Uint8Array>> => {
      const cover = await square(side, Math.min(width, height));
      return { cover, contain: width === height ? cover : await square(side, Math.max(width, height)) }; // one array is copied faster than two
    };
    const isLargeAs = (crop: Crop): boolean => isLarge({ width, height }, { width: SIDE, height: SIDE, crop });
    const both = withLarge && isLargeAs("contain") ? await squares(ENLARGED * SIDE) : undefined;
    const large = both && !isLargeAs("cover") ? { contain: both.contain } : both;
    const picture = { path, ...(await squares(SIDE)), ...(large && { large }) };
    decoded?.close();
    return picture;
  });
}

const scaledBy = (scale: number, width: number, height: number): readonly [number, number] => [
  Math.max(1, Math.round(width * scale)),
  Math.max(1, Math.round(height * scale)),
];

const resizedTo = (resizeWidth: number, resizeHeight: number): ImageBitmapOptions => ({ resizeWidth, resizeHeight, resizeQuality: "high" });

/** Pixels of the short side of what is decoded, of which all squares are made. */
const DECODED = 256;

/** Decoded away from the page's thread; undefined for drawings that are not of pixels (SVG), which are drawn here. */
const decode = (file: File, width: number, height: number): Promise<ImageBitmap | undefined> =>
  createImageBitmap(file, resizedTo(...scaledBy(Math.min(1, DECODED / Math.min(width, height)), width, height))).catch(() => undefined);

let pixelsNow = 0;
const waiting: (() => void)[] = [];

/** Decodes as soon as all that is decoded at once has no more pixels than a single picture may have. */
async function inTurn<T>(pixels: number, decode: () => Promise<T>): Promise<T> {
  while (pixelsNow + pixels > MOST_PIXELS) await new Promise<void>((resolve) => waiting.push(resolve));
  pixelsNow += pixels;
  try {
    return await decode();
  } finally {
    pixelsNow -= pixels;
    for (const go of waiting.splice(0)) go();
  }
}

/** The size of an image, which this reads without decoding it. */
async function measured(file: File) {
  if (file.size === 0) throw new Unusable("empty");
  const url = URL.createObjectURL(file);
  try {
    const image = await new Promise<HTMLImageElement>((resolve, reject) => {
      const loading = element("img", { onload: () => resolve(loading), onerror: () => reject(new Unusable(whyNot(file))), src: url });
    });
    return { width: image.naturalWidth || SIDE, height: image.naturalHeight || SIDE, image };
  } finally {
    URL.revokeObjectURL(url);
  }
}

function whyNot({ name, type }: File): string {
  if (/\.hei[cf]$/i.test(name) || /hei[cf]/.test(type)) return "HEIC, which this browser does not read: save it as JPEG";
  return type.startsWith("image/") ? "damaged, or of a kind that this browser does not read" : "not a picture";
}

/** What is drawn on white. */
function pixelsOf(side: number, draw: (context: CanvasRenderingContext2D) => void): Uint8Array {
  canvas.width = canvas.height = side;
  const context = contextOf(canvas, { willReadFrequently: true });
  context.fillStyle = "#fff";
  context.fillRect(0, 0, side, side);
  draw(context);
  const { data } = context.getImageData(0, 0, side, side);
  const pixels = new Uint8Array(side * side * 3);
  for (let from = 0, to = 0; to < pixels.length; from += 4, to += 3) {
    pixels[to] = data[from];
    pixels[to + 1] = data[from + 1];
    pixels[to + 2] = data[from + 2];
  }
  return pixels;
}

/** Reads files, a few at a time. `onProgress`: files that are done. Refusals say why, a sentence for each reason. */
export async function readPictures(files: readonly Found[], onProgress: (done: number) => void) {
  const read = new Map<number, Picture>();
  const refused = new Map<string, string[]>();
  const queue = files.entries();
  const withLarge = new Set(evenlyChosen(files, MOST_LARGE));
  let done = 0;
  const work = async (): Promise<void> => {
    for (const [i, found] of queue) {
      try {
        read.set(i, await pictureOf(found, withLarge.has(found)));
      } catch (error) {
        const why = error instanceof Unusable ? error.message : "damaged, or of a kind that this browser does not read";
        refused.set(why, [...(refused.get(why) ?? []), found.file.name]);
      }
      onProgress(++done);
    }
  };
  await Promise.all(Array.from({ length: 4 }, work));
  const refusals = [...refused].map(([why, names]) =>
    names.length === 1 ? `“${names[0]}” was left out: ${why}.` : `${names.length} files were left out, “${names[0]}” among them: ${why}.`,
  );
  return { pictures: [...read].sort(([a], [b]) => a - b).map(([, picture]) => picture), refusals };
}

/** These, of which the large ones are as few as a run takes, evenly chosen. */
export function withFewLarge(classes: readonly PictureClass[]): PictureClass[] {
  const all = classes.flatMap(({ pictures }) => pictures.filter(({ large }) => large));
  const some = new Set(evenlyChosen(all, MOST_LARGE));
  const few = (picture: Picture): Picture => (some.has(picture) ? picture : { ...picture, large: undefined });
  return classes.map((one) => ({ ...one, pictures: one.pictures.map(few) }));
}

/** The files of a drop, folders with all that is in them. */
export async function dropped(items: DataTransferItemList): Promise<Found[]> {
  const entries = Array.from(items).flatMap((item) => item.webkitGetAsEntry() ?? []);
  return (await Promise.all(entries.map(below))).flat();
}

async function below(entry: FileSystemEntry): Promise<Found[]> {
  if (entry.name.startsWith(".")) return [];
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ path: entry.fullPath.slice(1), file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) break; // a browser gives a hundred at a time
    all.push(...some);
  }
  all.sort((a, b) => (a.name < b.name ? -1 : 1));
  return (await Promise.all(all.map(below))).flat();
}

/** The files of a field; those of a folder know their way. */
export const chosen = (files: FileList): Found[] =>
  Array.from(files, (file) => ({ path: file.webkitRelativePath || file.name, file })).filter(({ file }) => !file.name.startsWith("."));

/**
 * Files by class: the sub-folders of one folder, or several folders; files that are in none are of the class `other`. The
 * name is that of the one folder. Paths are relative to it, as `npx anneal train` reads them.
 */
export function classesOf(files: readonly Found[], other: string) {
  const first = files[0]?.path.split("/") ?? [];
  const isOneFolder = first.length > 1 && files.every(({ path }) => path.startsWith(`${first[0]}/`));
  const inside = isOneFolder ? files.map(({ path, file }) => ({ file, path: path.slice(first[0].length + 1) })) : files;
  const name = isOneFolder ? first[0] : undefined;
  const classes = Map.groupBy(inside, ({ path }) => (path.includes("/") ? path.split("/", 1)[0] : (name ?? other)));
  return { name, classes: new Map([...classes].sort(([a], [b]) => (a < b ? -1 : 1))) };
}

/** The pictures to try with. */
export async function example(): Promise<PictureClass[]> {
  const sheet = await createImageBitmap(await (await fetch(exampleFile)).blob());
  const classes: PictureClass[] = [];
  for (const name of Object.keys(CLASSES)) {
    const pictures = Array.from({ length: OF_EACH }, (_, i) => {
      const k = OF_EACH * classes.length + i;
      const pixels = pixelsOf(SIDE, (context) => context.drawImage(sheet, -SIDE * (k % COLUMNS), -SIDE * Math.floor(k / COLUMNS)));
      return { path: `${name}/${i}.png`, cover: pixels, contain: pixels };
    });
    classes.push({ name, pictures });
    await nextTurn(); // the page stays responsive
  }
  return classes;
}
