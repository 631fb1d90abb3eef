/** Draws a model's images for measuring. */
import { hasMatte, type ModelCard, nativeShape } from "../../wasm-model/model/card.ts";
import { toImage } from "../../wasm-model/render/appearance.ts";
import { finishImage } from "../../wasm-model/render/finish.ts";
import type { GenerativeModel } from "../../wasm-model/render/generate.ts";
import { groundColour } from "../../wasm-model/render/inputs.ts";
import { nextTurn } from "../../wasm-model/render/turn.ts";
import { joined } from "../../wasm-model/schema/bytes.ts";
import { draw } from "../network/draw.ts";

const BATCH = 100;

export interface ImageSet {
  /** Image i has the noise of the seed `${seed}/${i}`. */
  readonly seed: string;
  /** The class of each image. */
  readonly classes: readonly number[];
}

/** So many images of the classes in turn. */
export const classesInTurn = (count: number, labels: readonly string[]): number[] =>
  Array.from({ length: count }, (_, i) => i % labels.length);

/** Images by the card's own settings, as bytes [N, H, W, C]: as people get them, but those of cut-outs on their ground. `onProgress` is called with the images done. */
export async function drawImages(
  model: GenerativeModel,
  { seed, classes }: ImageSet,
  onProgress: (done: number) => void | Promise<void> = () => {},
): Promise<Uint8Array> {
  const images: Uint8Array[] = [];
  for (let first = 0; first < classes.length; first += BATCH) {
    const own = classes.slice(first, first + BATCH);
    const values = await draw(model, { classes: own, seed, first });
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
  const appearance = { ...native, ...(card.keyed && { behind: groundColour(card) }) };
  return (hasMatte(card) ? toImage(values, native, card) : await finishImage(values, appearance, card, { enlarge: neverCalled })).pixels;
}

const neverCalled = (): never => {
  throw new Error("Expected an image of native size");
};
