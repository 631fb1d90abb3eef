/**
 * Caches decoded sets of images. A folder of the cache holds one complete set or nothing. `images.u8` has the training
 * images followed by the test images, N images of H x W x C bytes, and then their N labels as little-endian 16-bit
 * numbers. `set.json` describes the set and has the SHA-256 of `images.u8`.
 */
import { createHash } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { makeFolder, writeFileAtomically } from "../cli/files.ts";
import { progress } from "../cli/progress.ts";
import { UserError } from "../cli/user-error.ts";
import type { ConversionSettings } from "./conversion.ts";
import type { Dataset } from "./dataset.ts";
import { type Decode, imageDecoder } from "./decode.ts";
import { describeFound, describeSkipped, type Found, gather, notesOn } from "./image-report.ts";
import { type Layout, type PlacedFile, type Skipped, splitImages } from "./layout.ts";
import { type ImageSource, Unusable } from "./source.ts";
import { fileSplit, readFully } from "./split.ts";

/** Increased when decoding or storage changes: sets of other formats are decoded again. */
const FORMAT = 1;
const IMAGES = "images.u8";
const MANIFEST = "set.json";

export interface EncodedSet {
  readonly source: ImageSource;
  readonly layout: Layout;
  /** If given, only the central square of this side, in pixels, is used. */
  readonly cut?: number;
  /** SPDX identifier, or "unknown". */
  readonly licence: string;
}

interface DecodedSetManifest {
  readonly format: number;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly classes: readonly string[];
  /** How many images. Without test images, the training images replace them. */
  readonly train: number;
  readonly test: number;
  /** Hash of images.u8. */
  readonly sha256: string;
  readonly found: Found;
}

/**
 * The set from the folder `cache`, decoded first if it is not there. Throws a UserError when no image of it can be
 * used.
 */
export async function decodedSet(set: EncodedSet, settings: ConversionSettings, cache: string): Promise<Dataset> {
  const { source, layout, cut, licence } = set;
  const key = [FORMAT, source.name, source.fingerprint, layout.classes, layout.files, settings, cut];
  const folder = join(cache, `data-${createHash("sha256").update(JSON.stringify(key)).digest("hex").slice(0, 16)}`);
  const manifest = readManifest(folder) ?? (await decodeInto(folder, set, settings));

  const { width, height, channels, classes, train, test, found } = manifest;
  const path = join(folder, IMAGES);
  const file = openSync(path, "r");
  const size = width * height * channels;
  const labels = new Uint8Array(2 * (train + test));
  readFully(file, path, labels, (train + test) * size);
  const view = new DataView(labels.buffer);
  const labelsOf = (first: number, count: number) => Uint16Array.from({ length: count }, (_, i) => view.getUint16(2 * (first + i), true));
  return {
    name: source.name,
    folder: source.place,
    labels: classes,
    licence,
    train: fileSplit(file, path, 0, size, labelsOf(0, train)),
    test: test > 0 ? fileSplit(file, path, train * size, size, labelsOf(train, test)) : fileSplit(file, path, 0, size, labelsOf(0, train)),
    ...{ height, width, channels },
    pictures: settings,
    notes: notesOn(found, settings, { train, test }),
    details: [describeFound(found), `decoded images: ${path}`],
  };
}

/** The manifest of a complete and unchanged set, or undefined. */
function readManifest(folder: string): DecodedSetManifest | undefined {
  try {
    const manifest = JSON.parse(readFileSync(join(folder, MANIFEST), "utf8")) as DecodedSetManifest;
    const isWhole = manifest.format === FORMAT && manifest.sha256 === sha256Of(join(folder, IMAGES));
    return isWhole ? manifest : undefined;
  } catch {
    return undefined;
  }
}

const PIECE = 2 ** 24;

function sha256Of(path: string): string {
  const file = openSync(path, "r");
  try {
    const hash = createHash("sha256");
    const { size } = statSync(path);
    for (let at = 0; at < size; at += PIECE) {
      const piece = new Uint8Array(Math.min(PIECE, size - at));
      readFully(file, path, piece, at);
      hash.update(piece);
    }
    return hash.digest("hex");
  } finally {
    closeSync(file);
  }
}

/** Decodes the set into a temporary folder and moves it to `folder`. */
async function decodeInto(folder: string, set: EncodedSet, settings: ConversionSettings): Promise<DecodedSetManifest> {
  if (set.layout.files.length === 0) throw nothingUsable(set.source.place, set.layout.skipped);
  const decode = await imageDecoder();
  const temporary = `${folder}.${process.pid}.tmp`;
  try {
    sweep(join(folder, ".."));
    makeFolder(temporary);
    const manifest = await decodeAll(temporary, set, settings, decode);
    writeFileAtomically(join(temporary, MANIFEST), `${JSON.stringify(manifest)}\n`);
    const others = readManifest(folder); // written by a faster process
    if (others) return others;
    rmSync(folder, { recursive: true, force: true });
    renameSync(temporary, folder);
    return manifest;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new UserError(`Expected to be able to write decoded images to \`${folder}\` but ${(error as Error).message}`);
  } finally {
    if (existsSync(temporary)) rmSync(temporary, { recursive: true });
  }
}

/** Removes temporary folders of killed processes from the cache. */
function sweep(cache: string): void {
  if (!existsSync(cache)) return;
  for (const name of readdirSync(cache)) {
    const owner = /^data-.*\.(\d+)\.tmp$/.exec(name)?.[1];
    if (owner !== undefined && !isRunning(Number(owner))) rmSync(join(cache, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** A decoded image: its position in the file of RGB images, and its properties. */
interface Decoded {
  readonly slot: number;
  readonly width: number;
  readonly height: number;
  readonly isGrey: boolean;
}

/**
 * Writes all usable images to `folder`: first as RGB in the order of the layout; then as images.u8,
 * once it is known which images are usable and whether any has colour.
 */
async function decodeAll(
  folder: string,
  { source, layout, cut }: EncodedSet,
  settings: ConversionSettings,
  decode: Decode,
): Promise<DecodedSetManifest> {
  const { files } = layout;
  const { width, height } = settings;
  const skipped: Skipped[] = [...layout.skipped];
  const decoded = new Map<string, Decoded>();
  const rgbSize = 3 * width * height;
  const rgbPath = join(folder, "rgb.u8");
  const rgb = openSync(rgbPath, "w+");
  try {
    const slots = new Map(files.map(({ path }, slot) => [path, slot]));
    const bar = progress(`decoding ${source.name}`, files.length);
    try {
      await inParallel(source.read(new Set(slots.keys())), async ({ path, bytes }) => {
        try {
          const slot = slots.get(path) as number;
          const { pixels, ...image } = await decode(await bytes(), settings, cut);
          writeFully(rgb, pixels, slot * rgbSize);
          decoded.set(path, { slot, ...image });
        } catch (error) {
          if (!(error instanceof Unusable)) throw error;
          skipped.push({ path, reason: error.message });
        }
        bar.update(decoded.size + skipped.length - layout.skipped.length);
      });
    } finally {
      bar.stop(); // a running bar keeps the process alive
    }

    // Classes that still have training images.
    const used = files.filter(({ path }) => decoded.has(path));
    const alive = [...new Set(used.flatMap(({ split, label }) => (split === "train" ? [label] : [])))].sort((a, b) => a - b);
    if (alive.length === 0) throw nothingUsable(source.place, skipped);
    const labels = new Map(alive.map((label, i) => [label, i]));
    for (const { path, label } of used) if (!labels.has(label)) skipped.push({ path, reason: "of a class without training images" });
    const { train, test } = splitImages(used.filter(({ label }) => labels.has(label)));
    const order = [...train, ...test];
    const kept = order.map(({ path }) => decoded.get(path) as Decoded);
    const channels = kept.every(({ isGrey }) => isGrey) ? 1 : 3;
    const sha256 = writeSet(
      join(folder, IMAGES),
      channels,
      kept,
      order,
      labels,
      (pixels, slot) => readFully(rgb, rgbPath, pixels, slot * rgbSize),
      rgbSize,
    );
    return {
      ...{ format: FORMAT, width, height, channels },
      classes: alive.map((label) => layout.classes[label]),
      ...{ train: train.length, test: test.length, sha256 },
      found: gather(kept, skipped, settings, cut),
    };
  } finally {
    closeSync(rgb);
    rmSync(rgbPath);
  }
}

/** Writes images.u8; returns its SHA-256. */
function writeSet(
  path: string,
  channels: number,
  kept: readonly Decoded[],
  order: readonly PlacedFile[],
  labels: ReadonlyMap<number, number>,
  read: (pixels: Uint8Array, slot: number) => void,
  rgbSize: number,
): string {
  const file = openSync(path, "w");
  try {
    const hash = createHash("sha256");
    let position = 0;
    const write = (bytes: Uint8Array): void => {
      hash.update(bytes);
      position += writeFully(file, bytes, position);
    };
    const pixels = new Uint8Array(rgbSize);
    for (const { slot } of kept) {
      read(pixels, slot);
      write(channels === 3 ? pixels : Uint8Array.from({ length: rgbSize / 3 }, (_, i) => pixels[3 * i]));
    }
    const view = new DataView(new ArrayBuffer(2 * order.length));
    for (const [i, { label }] of order.entries()) view.setUint16(2 * i, labels.get(label) as number, true);
    write(new Uint8Array(view.buffer));
    fsyncSync(file);
    return hash.digest("hex");
  } finally {
    closeSync(file);
  }
}

/** Returns the number of bytes, all of which are written. */
function writeFully(file: number, bytes: Uint8Array, position: number): number {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at, position + at);
  return bytes.length;
}

/** Runs `work` on all items, a few at a time. */
async function inParallel<T>(items: AsyncIterable<T>, work: (item: T) => Promise<void>): Promise<void> {
  const running = new Set<Promise<void>>();
  try {
    for await (const item of items) {
      const one = work(item).finally(() => running.delete(one));
      running.add(one);
      if (running.size >= 4 * availableParallelism()) await Promise.race(running);
    }
    await Promise.all(running);
  } finally {
    await Promise.allSettled(running); // after a failure, waits for the work in progress
  }
}

function nothingUsable(place: string, skipped: readonly Skipped[]): UserError {
  const why = skipped.length > 0 ? `: ${describeSkipped(skipped)}` : "";
  return new UserError(`Expected images (PNG, JPEG, WebP, GIF or AVIF) for \`data\` but "${place}" has none that can be used${why}`);
}
