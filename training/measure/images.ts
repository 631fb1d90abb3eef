/** Draws a model's images for measuring. It caches each batch, so an interrupted run continues where it stopped. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { type ModelCard, nativeShape } from "../../wasm-model/model/card.ts";
import { RENDER_VERSION } from "../../wasm-model/model/model.ts";
import { toImage } from "../../wasm-model/render/appearance.ts";
import type { GenerativeModel } from "../../wasm-model/render/generate.ts";
import { makeFolder, writeFileAtomically } from "../cli/files.ts";
import { type ProgressBar, progress } from "../cli/progress.ts";
import { draw } from "../network/draw.ts";
import type { DrawSettings } from "../record/settings.ts";
import { digest } from "./cache.ts";
import type { EvaluatedModel } from "./evaluated-model.ts";

const BATCH = 100;

export interface ImageSet {
  readonly settings: DrawSettings;
  readonly count: number;
  /** Image i has the noise of the seed `${seed}/${i}`. */
  readonly seed: string;
  /** How many images of each class the training set has, if these images are compared with it. */
  readonly classCounts?: readonly number[] | undefined;
}

/** The class of each image: in turn or, if `classCounts` are given, each as often as there; equal counts come in turn. */
export function requestedClasses(count: number, { spec }: Pick<ModelCard, "spec">, classCounts?: readonly number[]): Uint16Array {
  if (!classCounts) return Uint16Array.from({ length: count }, (_, i) => i % spec.classes);
  const total = classCounts.reduce((sum, one) => sum + one, 0);
  const drawn = classCounts.map(() => 0);
  return Uint16Array.from({ length: count }, (_, i) => {
    const behind = classCounts.map((one, label) => one * (i + 1) - drawn[label] * total);
    const next = behind.indexOf(Math.max(...behind));
    drawn[next] += 1;
    return next;
  });
}

/** The cache folder of these images. It does not depend on their number, so larger sets reuse smaller ones. */
export function imageFolder(
  cache: string,
  { card, runtime, hash }: EvaluatedModel,
  { settings, seed, classCounts = [] }: Omit<ImageSet, "count">,
): string {
  const name = card.name.replaceAll(/[^\w-]/g, "_");
  return join(
    cache,
    `${name}-${settings.sampling.sampler}-${settings.nfe}-${digest(hash, runtime, String(RENDER_VERSION), seed, JSON.stringify(settings), ...classCounts.map(String))}`,
  );
}

/**
 * `count` images as bytes [N, H, W, C]. Batches that are already in the folder are not drawn again. Several processes
 * may share a folder: each batch is a file, written atomically, and every process writes the same bytes.
 */
export async function drawnImages(
  folder: string,
  { card, denoiser }: EvaluatedModel,
  { count, ...imageSet }: ImageSet,
): Promise<Uint8Array> {
  const { settings } = imageSet;
  const { channels, height, width } = nativeShape(card);
  const size = channels * height * width;
  makeFolder(folder);
  const images = new Uint8Array(count * size);
  let bar: ProgressBar | undefined;
  for (let first = 0; first < count; first += BATCH) {
    const own = images.subarray(first * size, Math.min(first + BATCH, count) * size);
    const path = join(folder, `images-${first}.u8`);
    const kept = keptBatch(path, own.length, size);
    if (kept) {
      own.set(kept);
      continue;
    }
    bar ??= progress(`drawing with ${settings.sampling.sampler}, ${settings.nfe} evaluations`, count, first);
    own.set(await drawBatch({ card, denoiser }, imageSet, first, own.length / size));
    writeFileAtomically(path, own);
    bar.update(first + own.length / size);
    await setImmediate(); // lets signals arrive
  }
  bar?.stop();
  return images;
}

/**
 * The first `length` bytes of a batch's file. Undefined if the file is missing, shorter (from a smaller count) or not a
 * whole number of images.
 */
function keptBatch(path: string, length: number, size: number): Uint8Array | undefined {
  if (!existsSync(path)) return undefined;
  const bytes = readFileSync(path);
  return bytes.length >= length && bytes.length % size === 0 ? bytes.subarray(0, length) : undefined;
}

/** The same images without a cache, for the many candidates of a search or a network in training. */
export async function drawImages(model: GenerativeModel, imageSet: ImageSet): Promise<Uint8Array> {
  const batches: Uint8Array[] = [];
  for (let done = 0; done < imageSet.count; done += BATCH) {
    batches.push(await drawBatch(model, imageSet, done, Math.min(BATCH, imageSet.count - done)));
    await setImmediate(); // lets signals arrive
  }
  return new Uint8Array(Buffer.concat(batches));
}

/** `count` images from image `first` on, as bytes [N, H, W, C]. */
async function drawBatch(
  { card, denoiser }: GenerativeModel,
  { settings, seed, classCounts }: Omit<ImageSet, "count">,
  first: number,
  count: number,
): Promise<Buffer> {
  const classes = [...requestedClasses(first + count, card, classCounts).subarray(first)];
  const { sampling, nfe: _, ...options } = settings;
  const values = await draw({ ...card, sampling }, (...input) => denoiser.denoise(...input), { ...options, classes, seed, first });
  const length = values.length / count;
  const shape = nativeShape(card);
  return Buffer.concat(classes.map((_, i) => toImage(values.subarray(i * length, (i + 1) * length), shape, card).pixels));
}
