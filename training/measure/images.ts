/** Draws a model's images for measuring. */
import { type ModelCard, nativeShape } from "../../wasm-model/model/card.ts";
import { toImage } from "../../wasm-model/render/appearance.ts";
import { finishImage } from "../../wasm-model/render/finish.ts";
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

/** `count` images by the card's own settings, as bytes [N, H, W, C]: as people get them, but those of cut-outs on their ground. `onProgress` is called with the images done. */
export async function drawImages(
  model: GenerativeModel,
  set: ImageSet,
  onProgress: (done: number) => void | Promise<void> = () => {},
): Promise<Uint8Array> {
  const classes = requestedClasses(set);
  const images: Uint8Array[] = [];
  for (let first = 0; first < set.count; first += BATCH) {
    const own = [...classes.subarray(first, first + BATCH)];
    const values = await draw(model, { classes: own, seed: set.seed, first });
    const size = values.length / own.length;
    for (let start = 0; start < values.length; start += size)
      images.push(await finishedPixels(values.subarray(start, start + size), model.card));
    await onProgress(images.length);
    await nextTurn(); // lets signals arrive
  }
  return joined(images);
}

async function finishedPixels(values: Float32Array, card: ModelCard): Promise<Uint8Array> {
  const native = nativeShape(card);
  return (card.cutOut ? toImage(values, native, card) : await finishImage(values, native, card, { enlarge: neverCalled })).pixels;
}

const neverCalled = (): never => {
  throw new Error("Expected an image of native size");
};
