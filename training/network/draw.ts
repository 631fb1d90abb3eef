/** Batches of images for grids, calibration and comparison: `generate` with consecutive seeds. */
import type { ImageShape } from "../../wasm-model/network/spec.ts";
import { type GenerativeModel, generate } from "../../wasm-model/render/generate.ts";
import { grid } from "../../wasm-model/render/image/pixels.ts";
import { encodePng } from "../../wasm-model/render/image/png.ts";
import type { SampleOptions } from "../../wasm-model/request/options.ts";
import { cellSeed, resolve, type TRAJECTORY } from "../../wasm-model/request/resolve.ts";

export interface BatchRequest extends Partial<Pick<SampleOptions, (typeof TRAJECTORY)[number]>> {
  /** Class of each image, `undefined` for unconditional ones. */
  readonly classes: readonly (number | undefined)[];
  /** Image i has the seed `${seed}/${first + i}`. */
  readonly seed: string;
  /** 0 by default. */
  readonly first?: number;
}

/** Images and checks show at most this many classes. */
const MOST_CLASSES = 16;

/** All classes, or MOST_CLASSES of them, spread evenly. */
export const shownClasses = (count: number): number[] => evenly(count, MOST_CLASSES);

/** Indices of at most `most` things of so many, spread evenly. */
export function evenly(count: number, most: number): number[] {
  const length = Math.min(count, most);
  return Array.from({ length }, (_, i) => Math.floor((i * count) / length));
}

/** Images one after the other, [B, C, H, W], drawn with the card's settings unless the drawing has its own. */
export function draw(model: GenerativeModel, { classes, seed, first = 0, ...options }: BatchRequest): Promise<Float32Array> {
  const images = classes.map((label, i) => ({ seed: cellSeed(seed, first + i), class: label }));
  return generate(model, resolve("sample", { ...options, seed }, model.card), images);
}

/** A PNG of images [H, W, C] of one shape, so many in a row; where there is none it is black. */
export function encodeGrid(
  images: readonly (Uint8Array | undefined)[],
  { width, height, channels }: ImageShape,
  columns: number,
): Uint8Array {
  const blank = new Uint8Array(width * height * channels);
  const cells = images.map((pixels = blank) => ({ pixels, width, height, channels }));
  return encodePng(grid(cells, columns));
}
