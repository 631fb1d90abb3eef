/** How close the images of an int8 model are to those of the network that it was rounded from. */
import type { ModelCard } from "../../wasm-model/model/card.ts";
import type { Denoise } from "../../wasm-model/sampling/sampler.ts";
import { draw } from "../network/draw.ts";

/** Width of the data range [-1, 1]. */
const DATA_RANGE = 2;
const BATCH = 20;

/**
 * Peak signal-to-noise ratio in dB over all pixels of two sets of images. Both have the same seeds, consecutive classes
 * and default sampling settings.
 */
export async function imagePsnr(card: ModelCard, a: Denoise, b: Denoise, images: number): Promise<number> {
  let [squares, pixels] = [0, 0];
  for (let first = 0; first < images; first += BATCH) {
    const classes = Array.from({ length: Math.min(BATCH, images - first) }, (_, i) => (first + i) % card.labels.length);
    const drawing = { classes, seed: `psnr/${first}` };
    const [expected, received] = [await draw(card, a, drawing), await draw(card, b, drawing)];
    squares += expected.reduce((sum, value, i) => sum + (value - received[i]) ** 2, 0);
    pixels += expected.length;
  }
  return 10 * Math.log10(DATA_RANGE ** 2 / (squares / pixels));
}
