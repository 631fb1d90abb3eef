/** Files that the visitor chose, as squares that the network sees. */
import { IMAGE_NAMES, layOut, pathOf } from "../../../training/data/class-folders.ts";
import { isTransparent } from "../../../training/data/cut-outs.ts";
import { MOST_ENLARGED, type SeenPicture, spriteOf } from "../../../training/data/pixel-art.ts";
import { evenlyChosen, isLarge } from "../../../training/data/sizes.ts";
import { ENLARGED } from "../../../wasm-model/network/finishers.ts";
import type { Size } from "../../../wasm-model/network/spec.ts";
import { joined } from "../../../wasm-model/schema/bytes.ts";
import { element, VisitorError } from "../shared/dom.ts";
import { contextOf } from "../shared/pixels.ts";
import { MOST, MOST_LARGE, SIDE } from "./picture-set.ts";
import type { Crop, Outcome, Picture } from "./protocol.ts";
import type { Loaded } from "./state.ts";
import { newKey } from "./store.ts";
import { modelFiles } from "./threads.ts";

/** A file and its way from the folder that was chosen. */
interface Found {
  readonly path: string;
  readonly file: File;
}

/** A browser decodes four bytes a pixel, whatever size is wanted: so many pixels take 430 MB. */
const MOST_PIXELS = 108e6;

/** The most bytes that the file of a model may have. */
const MOST_BYTES = 16 * 2 ** 20;

const canvas = element("canvas");

/** The picture in a file, as the browser decodes it. `withLarge`: the large one too, if it has one. Throws a VisitorError: why it is no picture, in a few words. */
async function pictureOf({ path, file }: Found, withLarge: boolean): Promise<Picture> {
  const { width, height, image } = await readImageSize(file);
  if (width * height > MOST_PIXELS) throw new VisitorError(`larger than ${MOST_PIXELS / 1e6} megapixels`);
  return whenThereIsRoom(width * height, async () => {
    const decoded = await decode(file, width, height);
    const makeSquare = async (times: number, length: number): Promise<Uint8Array> => {
      const sides = scaledSize(SIDE / length, width, height);
      const [w, h] = sides.map((size) => times * size);
      const source = decoded ? await createImageBitmap(decoded, resizeOptions(w, h)) : image;
      const [left, top] = sides.map((size) => times * Math.round((SIDE - size) / 2)); // so that both sizes lie on each other
      const pixels = pixelsOf({ width: times * SIDE, height: times * SIDE }, (context) => context.drawImage(source, left, top, w, h));
      if (source instanceof ImageBitmap) source.close();
      return pixels;
    };
    const makeSquares = async (times: number): Promise<Record<Crop, Uint8Array>> => {
      const cover = await makeSquare(times, Math.min(width, height));
      return { cover, contain: width === height ? cover : await makeSquare(times, Math.max(width, height)) }; // one array is copied faster than two
    };
    const isLargeAs = (crop: Crop): boolean => isLarge({ width, height }, { width: SIDE, height: SIDE, crop });
    const both = withLarge && isLargeAs("contain") ? await makeSquares(ENLARGED) : undefined;
    const large = both && !isLargeAs("cover") ? { contain: both.contain } : both;
    const own = await makeSquares(1);
    const [w, h] = scaledSize(SIDE / Math.max(width, height), width, height);
    const isClear = [own.cover, middleOf(own.contain, w, h)].some(isTransparent);
    const sprite = await spriteIn(file, { width, height });
    decoded?.close();
    return { key: newKey(), path, width, height, isTransparent: isClear, sprite, ...own, ...(large && { large }) };
  });
}

/** Kinds of files that keep colours exactly, and the most bytes of one whose colours are counted: few take less. */
const EXACT: readonly string[] = ["image/png", "image/webp", "image/gif"];
const MOST_EXACT = 2 ** 17;

/** The picture as pixel art, or why it is none. */
async function spriteIn(file: File, { width, height }: Size): Promise<SeenPicture["sprite"]> {
  if (!EXACT.includes(file.type)) return "inexact";
  if (Math.max(width, height) > MOST_ENLARGED || file.size > MOST_EXACT) return "colours";
  const bitmap = await createImageBitmap(file, { colorSpaceConversion: "none", premultiplyAlpha: "none" }).catch(() => undefined);
  const pixels = bitmap && pixelsOf({ width, height }, (context) => context.drawImage(bitmap, 0, 0));
  bitmap?.close();
  return pixels ? spriteOf(pixels, { width, height }) : "inexact";
}

/** Without what is beside a picture that is shown whole, RGBA. */
function middleOf(square: Uint8Array, width: number, height: number): Uint8Array {
  const [left, top] = [width, height].map((size) => Math.round((SIDE - size) / 2));
  const rows = Array.from({ length: height }, (_, y) =>
    square.subarray(4 * ((top + y) * SIDE + left), 4 * ((top + y) * SIDE + left + width)),
  );
  return joined(rows);
}

const scaledSize = (scale: number, width: number, height: number): readonly [number, number] => [
  Math.max(1, Math.round(width * scale)),
  Math.max(1, Math.round(height * scale)),
];

const resizeOptions = (resizeWidth: number, resizeHeight: number): ImageBitmapOptions => ({
  resizeWidth,
  resizeHeight,
  resizeQuality: "high",
});

/** Pixels of the short side of what is decoded, of which all squares are made. */
const DECODED = 256;

/** Decoded away from the page's thread; undefined for drawings that are not of pixels (SVG), which are drawn here. */
const decode = (file: File, width: number, height: number): Promise<ImageBitmap | undefined> =>
  createImageBitmap(file, resizeOptions(...scaledSize(Math.min(1, DECODED / Math.min(width, height)), width, height))).catch(
    () => undefined,
  );

let pixelsNow = 0;
const waiting: (() => void)[] = [];

/** Decodes as soon as all that is decoded at once has no more pixels than a single picture may have. */
async function whenThereIsRoom<T>(pixels: number, decode: () => Promise<T>): Promise<T> {
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
async function readImageSize(file: File) {
  if (file.size === 0) throw new VisitorError("empty");
  const url = URL.createObjectURL(file);
  try {
    const image = await new Promise<HTMLImageElement>((resolve, reject) => {
      const loading = element("img", {
        onload: () => resolve(loading),
        onerror: () => reject(new VisitorError(reasonFor(file))),
        src: url,
      });
    });
    return { width: image.naturalWidth || SIDE, height: image.naturalHeight || SIDE, image };
  } finally {
    URL.revokeObjectURL(url);
  }
}

function reasonFor({ name, type }: File): string {
  if (/\.hei[cf]$/i.test(name) || /hei[cf]/.test(type)) return "HEIC, which this browser does not read: save it as JPEG";
  return type.startsWith("image/") ? "damaged, or of a kind that this browser does not read" : "not a picture";
}

/** What is drawn, RGBA. */
export function pixelsOf({ width, height }: Size, draw: (context: CanvasRenderingContext2D) => void): Uint8Array {
  Object.assign(canvas, { width, height });
  const context = contextOf(canvas, { willReadFrequently: true });
  draw(context);
  return new Uint8Array(context.getImageData(0, 0, width, height).data);
}

const isModel = ({ name }: File): boolean => /\.onnx$/i.test(name);

/** The pictures in files, a few at a time, in their classes, and the last model among them; at most `room` pictures. `onProgress`: files that are done. */
export async function readFiles(
  { files, unread }: Chosen,
  { room, other }: { readonly room: number; readonly other: string },
  onProgress: (done: number, of: number) => void,
): Promise<Loaded> {
  if (files.length + unread.length === 0) throw new VisitorError("There is no picture in that folder.");
  const pictures = files.filter(({ file }) => !isModel(file));
  const { name, classes, note, ...placed } = placedFiles(pictures, other);
  const all = evenlyChosen(placed.all, room);
  const read: (Picture | undefined)[] = Array(all.length);
  const refused = [...unread.map((name) => ({ name, why: "it cannot be read" })), ...placed.refused];
  const queue = all.entries();
  const withLarge = new Set(evenlyChosen(all, MOST_LARGE));
  let done = 0;
  const work = async (): Promise<void> => {
    for (const [i, one] of queue) {
      try {
        read[i] = await pictureOf(one.found, withLarge.has(one));
      } catch (error) {
        const why = error instanceof VisitorError ? error.message : "damaged, or of a kind that this browser does not read";
        refused.push({ name: one.found.file.name, why });
      }
      onProgress(++done, all.length);
    }
  };
  await Promise.all(Array.from({ length: 4 }, work));
  let model: Outcome | undefined;
  for (const { file } of files.filter(({ file }) => isModel(file))) {
    const bytes = new Uint8Array(await file.slice(0, MOST_BYTES + 1).arrayBuffer());
    try {
      if (bytes.length > MOST_BYTES) throw new VisitorError("it is too large");
      model = (await modelFiles()).outcomeFromFile(bytes);
    } catch (error) {
      refused.push({ name: file.name, why: error instanceof VisitorError ? error.message : "what reads models has not arrived" });
    }
  }
  const refusals = [...Map.groupBy(refused, ({ why }) => why)].map(([why, [{ name }, ...more]]) =>
    more.length === 0 ? `“${name}” was left out: ${why}.` : `${more.length + 1} files were left out, “${name}” among them: ${why}.`,
  );
  if (note !== undefined) refusals.push(`${note}.`);
  if (placed.all.length > room)
    refusals.push(`A run takes at most ${MOST} pictures: of these ${placed.all.length}, ${room} were taken, spread over all.`);
  const made = classes.map((name, label) => {
    const pictures = all.flatMap((one, i) => (one.label === label ? (read[i] ?? []) : []));
    return { key: newKey(), name, pictures };
  });
  return { name, isExample: false, classes: made.filter(({ pictures }) => pictures.length > 0), model, refusals };
}

/** Files that were chosen, and the names of those that cannot be read. */
export interface Chosen {
  readonly files: readonly Found[];
  readonly unread: readonly string[];
}

/** The files of a drop, folders with all that is in them. */
export async function droppedFiles(items: DataTransferItemList): Promise<Chosen> {
  const unread: string[] = [];
  const entries = Array.from(items).flatMap((item) => item.webkitGetAsEntry() ?? []);
  const found = await Promise.all(entries.map((entry) => filesBelow(entry, unread)));
  return { files: found.flat(), unread };
}

async function filesBelow(entry: FileSystemEntry, unread: string[]): Promise<Found[]> {
  if (entry.name.startsWith(".")) return [];
  try {
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
    return (await Promise.all(all.map((one) => filesBelow(one, unread)))).flat();
  } catch {
    unread.push(entry.name);
    return [];
  }
}

/** The files of a field; those of a folder know their way. */
export const chosenFiles = (files: FileList): Chosen => ({
  files: Array.from(files, (file) => ({ path: file.webkitRelativePath || file.name, file })).filter(
    ({ file }) => !file.name.startsWith("."),
  ),
  unread: [],
});

/** Beside those that Node reads. */
const OTHER_NAMES = ["svg", "bmp", "heic", "heif"];

/** Files with their classes, as `npx anneal train` reads a folder; `other` is the class of those that are in no folder. `name`: that of the one folder. */
function placedFiles(files: readonly Found[], other: string) {
  const [top] = files[0]?.path.split("/", 1) ?? [""]; // a model alone has no pictures beside it
  const isOneFolder = files.length > 0 && files.every(({ path }) => path.startsWith(`${top}/`));
  const inside = files.map(({ path, file }) => ({ file, path: pathOf(isOneFolder ? path.slice(top.length + 1) : path) }));
  const byPath = new Map(inside.map((found) => [found.path, found]));
  const name = isOneFolder ? pathOf(top) : undefined;
  const { files: placed, classes, skipped, note } = layOut([...byPath.keys()], name ?? other, [...IMAGE_NAMES, ...OTHER_NAMES]);
  const [train, test] = ["train", "test"].map((split) => placed.filter((file) => file.split === split));
  const left = [...skipped, ...test.map(({ path }) => ({ path, reason: "in “test”: this page sets its own aside" }))];
  return {
    ...{ name, classes, note },
    all: train.map(({ path, label }) => ({ label, found: byPath.get(path)! })),
    refused: left.map(({ path, reason }) => ({ name: path.slice(path.lastIndexOf("/") + 1), why: reason })),
  };
}
