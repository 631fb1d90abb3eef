/** Files that the visitor chose, as squares that the network sees. */
import { nextTurn } from "../../../wasm-model/render/turn.ts";
import { element } from "../shared/dom.ts";
import { contextOf } from "../shared/pixels.ts";
import exampleFile from "./example.png?url";
import { CLASSES, COLUMNS, OF_EACH } from "./example.ts";
import { type Picture, type PictureClass, SIDE } from "./protocol.ts";

/** A file and its way from the folder that was chosen. */
export interface Found {
  readonly path: string;
  readonly file: File;
}

/** A browser decodes four bytes a pixel, whatever size is wanted: so many pixels take 430 MB. */
const MOST_PIXELS = 108e6;
/** The most pictures of a run: with so many the page has 260 MB before it trains. */
export const MOST = 5000;

/** Why a file is no picture, in a few words. */
class Unusable extends Error {}

const canvas = element("canvas", { width: SIDE, height: SIDE });

/** The picture in a file, as the browser decodes it. Throws an Unusable. */
export async function pictureOf({ path, file }: Found): Promise<Picture> {
  const { width, height, image } = await measured(file);
  if (width * height > MOST_PIXELS) throw new Unusable(`larger than ${MOST_PIXELS / 1e6} megapixels`);
  return inTurn(width * height, async () => {
    const decoded = await decode(file, width, height);
    const square = async (scale: number): Promise<Uint8Array> => {
      const [w, h] = scaledBy(scale, width, height);
      const source = decoded ? await createImageBitmap(decoded, resizedTo(w, h)) : image;
      const pixels = pixelsOf((context) => context.drawImage(source, Math.round((SIDE - w) / 2), Math.round((SIDE - h) / 2), w, h));
      if (source instanceof ImageBitmap) source.close();
      return pixels;
    };
    const cover = await square(SIDE / Math.min(width, height));
    const contain = width === height ? cover : await square(SIDE / Math.max(width, height)); // one array is copied faster than two
    decoded?.close();
    return { path, cover, contain };
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
async function measured(file: File): Promise<{ readonly width: number; readonly height: number; readonly image: HTMLImageElement }> {
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
function pixelsOf(draw: (context: CanvasRenderingContext2D) => void): Uint8Array {
  const context = contextOf(canvas, { willReadFrequently: true });
  context.fillStyle = "#fff";
  context.fillRect(0, 0, SIDE, SIDE);
  draw(context);
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  const pixels = new Uint8Array(SIDE * SIDE * 3);
  for (let from = 0, to = 0; to < pixels.length; from += 4, to += 3) {
    pixels[to] = data[from];
    pixels[to + 1] = data[from + 1];
    pixels[to + 2] = data[from + 2];
  }
  return pixels;
}

/** Reads files, a few at a time. `onProgress`: files that are done. Refusals say why, a sentence for each reason. */
export async function readPictures(
  files: readonly Found[],
  onProgress: (done: number) => void,
): Promise<{ readonly pictures: readonly Picture[]; readonly refusals: readonly string[] }> {
  const read = new Map<number, Picture>();
  const refused = new Map<string, string[]>();
  const queue = files.entries();
  let done = 0;
  const work = async (): Promise<void> => {
    for (const [i, found] of queue) {
      try {
        read.set(i, await pictureOf(found));
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
export function classesOf(
  files: readonly Found[],
  other: string,
): { readonly name: string | undefined; readonly classes: ReadonlyMap<string, readonly Found[]> } {
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
      const pixels = pixelsOf((context) => context.drawImage(sheet, -SIDE * (k % COLUMNS), -SIDE * Math.floor(k / COLUMNS)));
      return { path: `${name}/${i}.png`, cover: pixels, contain: pixels };
    });
    classes.push({ name, pictures });
    await nextTurn(); // the page stays responsive
  }
  return classes;
}
