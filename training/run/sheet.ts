/** The sheet that a run shows while it learns: images of the folder beside drawn ones. */
import { grid } from "../../wasm-model/render/image/pixels.ts";
import { encodePng } from "../../wasm-model/render/image/png.ts";
import { SHEET_IMAGES } from "../learning/learn.ts";
import type { LabelledImages } from "../network/shape.ts";

const COLUMNS = Math.sqrt(SHEET_IMAGES);

/** A PNG of two squares: images spread over the folder, and the first of `drawn`, bytes [N, H, W, C]. */
export function progressSheet(drawn: Uint8Array, { train, width, height, channels }: LabelledImages): Uint8Array {
  const image = (pixels: Uint8Array) => ({ width, height, channels, pixels });
  const size = width * height * channels;
  const real = (k: number): number => Math.floor((k * train.count) / SHEET_IMAGES);
  const rows = Array.from({ length: COLUMNS }, (_, row) => {
    const cells = Array.from({ length: COLUMNS }, (_, column) => row * COLUMNS + column);
    return [
      ...cells.map((k) => image(train.images(real(k), real(k) + 1))),
      image(new Uint8Array(size).fill(255)),
      ...cells.map((k) => image(drawn.subarray(k * size, (k + 1) * size))),
    ];
  });
  return encodePng(grid(rows.flat(), 2 * COLUMNS + 1));
}
