/** Batches of images for pictures, calibration and comparison: `generate` with seeds and classes in turn. */
import type { ModelCard } from "../../wasm-model/model/card.ts";
import { generate } from "../../wasm-model/render/generate.ts";
import type { SampleOptions } from "../../wasm-model/request/options.ts";
import { cellSeed, resolve, type TRAJECTORY } from "../../wasm-model/request/resolve.ts";
import type { Denoiser } from "../../wasm-model/runtime/denoiser.ts";

export type Denoise = Denoiser["denoise"];

export interface Drawing extends Partial<Pick<SampleOptions, (typeof TRAJECTORY)[number]>> {
  /** Class of each image, `undefined` for unconditional ones. */
  readonly classes: readonly (number | undefined)[];
  /** Image i has the seed `${seed}/${first + i}`. */
  readonly seed: string;
  /** 0 when it is not given. */
  readonly first?: number;
}

/** Of more classes than so many, pictures and checks show that many. */
const MOST_CLASSES = 16;

/** Classes to draw where each of them would do: all, or MOST_CLASSES of them, spread evenly. */
export function shownClasses(count: number): number[] {
  const shown = Math.min(count, MOST_CLASSES);
  return Array.from({ length: shown }, (_, i) => Math.floor((i * count) / shown));
}

/** Images one after the other, [B, C, H, W]; what the drawing does not say is as the card has it. */
export function draw(card: ModelCard, denoise: Denoise, { classes, seed, first = 0, ...options }: Drawing): Promise<Float32Array> {
  const images = classes.map((label, i) => ({ seed: cellSeed(seed, first + i), class: label }));
  return generate({ card, denoiser: { denoise } }, resolve("sample", { ...options, seed }, card), images);
}
