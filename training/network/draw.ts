/** Batches of images for grids, calibration and comparison: `generate` with consecutive seeds. */
import { type ModelCard, nativeShape } from "../../wasm-model/model/card.ts";
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import { toImage } from "../../wasm-model/render/appearance.ts";
import { generate } from "../../wasm-model/render/generate.ts";
import { grid } from "../../wasm-model/render/image/pixels.ts";
import { encodePng, type OwnPixels } from "../../wasm-model/render/image/png.ts";
import type { SampleOptions } from "../../wasm-model/request/options.ts";
import { cellSeed, resolve, type TRAJECTORY } from "../../wasm-model/request/resolve.ts";
import type { Denoise } from "../../wasm-model/sampling/sampler.ts";
import type { Split } from "./split.ts";

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
export function shownClasses(count: number): number[] {
  const shown = Math.min(count, MOST_CLASSES);
  return Array.from({ length: shown }, (_, i) => Math.floor((i * count) / shown));
}

/** Images one after the other, [B, C, H, W], drawn with the card's settings unless the drawing has its own. */
export function draw(card: ModelCard, denoise: Denoise, { classes, seed, first = 0, ...options }: BatchRequest): Promise<Float32Array> {
  const images = classes.map((label, i) => ({ seed: cellSeed(seed, first + i), class: label }));
  return generate({ card, denoiser: { denoise } }, resolve("sample", { ...options, seed }, card), images);
}

/** Samples of each class in a grid. */
export const COLUMNS = 8;

export const gridSize = ({ classes }: NetworkSpec): number => COLUMNS * shownClasses(classes).length;

/** A PNG with a row of eight samples for each class (at most MOST_CLASSES); sample k has the seed `${seed}/${k}`. */
export async function sampleGrid(card: ModelCard, denoise: Denoise, seed: string): Promise<Uint8Array> {
  const classes = shownClasses(card.spec.classes).flatMap((label) => Array<number>(COLUMNS).fill(label));
  return encodePng(grid(await drawImages(card, denoise, { classes, seed }), COLUMNS));
}

async function drawImages(card: ModelCard, denoise: Denoise, request: BatchRequest): Promise<OwnPixels[]> {
  const values = await draw(card, denoise, request);
  const size = values.length / request.classes.length;
  return request.classes.map((_, k) => toImage(values.subarray(k * size, (k + 1) * size), nativeShape(card), card));
}

/** Images beside drawn ones: two squares of so many images a side. */
const SIDE = 4;

/** A PNG of 16 images of the folder, spread over it, beside 16 drawn ones; drawn image k has the seed `${seed}/${k}` and the class of image k. */
export async function progressSheet(card: ModelCard, denoise: Denoise, images: Split, seed: string): Promise<Uint8Array> {
  const shape = nativeShape(card);
  const real = Array.from({ length: SIDE * SIDE }, (_, k) => Math.floor((k * images.count) / (SIDE * SIDE)));
  const drawn = await drawImages(card, denoise, { classes: real.map((image) => images.labels[image]), seed });
  const blank = { ...shape, pixels: new Uint8Array(shape.width * shape.height * shape.channels).fill(255) };
  const rows = Array.from({ length: SIDE }, (_, row) => {
    const cells = Array.from({ length: SIDE }, (_, column) => row * SIDE + column);
    return [...cells.map((k) => ({ ...shape, pixels: images.images(real[k], real[k] + 1) })), blank, ...cells.map((k) => drawn[k])];
  });
  return encodePng(grid(rows.flat(), 2 * SIDE + 1));
}
