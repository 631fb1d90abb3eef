/** Makes a GIF of canvases. The page loads it when a visitor asks for one. */
import { applyPalette, GIFEncoder, quantize } from "gifenc";

export class Gif {
  readonly #encoder = GIFEncoder();
  readonly #delay: number;

  /** `delay`: milliseconds for which each frame is shown. */
  constructor(delay: number) {
    this.#delay = delay;
  }

  /** Each frame has colours of its own, since particles change theirs as they cool. */
  add(canvas: HTMLCanvasElement): void {
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d")!.getImageData(0, 0, width, height);
    const palette = quantize(data, 256);
    this.#encoder.writeFrame(applyPalette(data, palette), width, height, { palette, delay: this.#delay });
  }

  finish(): Blob {
    this.#encoder.finish();
    return new Blob([this.#encoder.bytes()], { type: "image/gif" });
  }
}
