import type { Pixels } from "../../wasm-model/render/image/png.ts";

/** Grey, RGB or RGBA bytes -> RGBA. */
export function toImageData({ pixels, width, height, channels }: Pixels): ImageData {
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = pixels[channels * i + Math.min(c, channels - 1)];
    image.data[4 * i + 3] = channels === 4 ? pixels[channels * i + 3] : 255;
  }
  return image;
}
