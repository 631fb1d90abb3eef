/** Images on the screen. */
import type { Pixels } from "../../wasm-model/render/image/png.ts";

/** How long each image stays, in milliseconds: as in the service's animations. */
const FRAME = 100;

/** Shows images that come faster than one can see, one after the other. */
export class Playback {
  readonly #show: (image: Pixels) => void;
  readonly #signal: AbortSignal;
  #last: Promise<void> = Promise.resolve();

  constructor(show: (image: Pixels) => void, signal: AbortSignal) {
    this.#show = show;
    this.#signal = signal;
  }

  add(image: Pixels): void {
    this.#last = this.#last.then(async () => {
      if (this.#signal.aborted) return;
      this.#show(image);
      await new Promise((resolve) => setTimeout(resolve, FRAME));
    });
  }

  /** Resolves when all have been shown. */
  finished(): Promise<void> {
    return this.#last;
  }
}

/** Whether visitors asked for reduced motion. */
export const prefersReducedMotion = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Grey, RGB or RGBA bytes -> RGBA. */
export function toImageData({ pixels, width, height, channels }: Pixels): ImageData {
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = pixels[channels * i + Math.min(c, channels - 1)];
    image.data[4 * i + 3] = channels === 4 ? pixels[channels * i + 3] : 255;
  }
  return image;
}
