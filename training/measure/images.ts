/** Draws a model's images for measuring. */
import { type ModelCard, nativeShape } from "../../wasm-model/model/card.ts";
import { toImage } from "../../wasm-model/render/appearance.ts";
import type { GenerativeModel } from "../../wasm-model/render/generate.ts";
import { nextTurn } from "../../wasm-model/render/turn.ts";
import { joined } from "../../wasm-model/schema/bytes.ts";
import { draw } from "../network/draw.ts";

const BATCH = 100;

export interface ImageSet {
  readonly count: number;
  /** Image i has the noise of the seed `${seed}/${i}`. */
  readonly seed: string;
  /** How many images of each class the training set has. */
  readonly classCounts: readonly number[];
}

/** The class of each image: each as often as in `classCounts`; equal counts come in turn. */
export function requestedClasses({ count, classCounts }: Omit<ImageSet, "seed">): Uint16Array {
  const total = classCounts.reduce((sum, one) => sum + one, 0);
  const drawn = classCounts.map(() => 0);
  return Uint16Array.from({ length: count }, (_, i) => {
    const behind = classCounts.map((one, label) => one * (i + 1) - drawn[label] * total);
    const next = behind.indexOf(Math.max(...behind));
    drawn[next] += 1;
    return next;
  });
}

/** `count` images by the card's own settings, as bytes [N, H, W, C]. `onProgress` is called with the images done. */
export async function drawImages(
  { card, denoiser }: GenerativeModel,
  set: ImageSet,
  onProgress: (done: number) => void | Promise<void> = () => {},
): Promise<Uint8Array> {
  const classes = requestedClasses(set);
  const images: Uint8Array[] = [];
  for (let first = 0; first < set.count; first += BATCH) {
    const own = [...classes.subarray(first, first + BATCH)];
    const values = await draw(card, (...input) => denoiser.denoise(...input), { classes: own, seed: set.seed, first });
    images.push(...imagesOf(values, own.length, card));
    await onProgress(images.length);
    await nextTurn(); // lets signals arrive
  }
  return joined(images);
}

function imagesOf(values: Float32Array, count: number, card: ModelCard): Uint8Array[] {
  const size = values.length / count;
  return Array.from({ length: count }, (_, i) => toImage(values.subarray(i * size, (i + 1) * size), nativeShape(card), card).pixels);
}
