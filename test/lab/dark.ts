/** Cut-outs on a dark ground, where a halo shows and what is missing is gone. Pictures are RGBA bytes [H, W, 4]. */
import { groundOfHex } from "../../training/data/cut-outs.ts";
import type { Size } from "../../wasm-model/network/spec.ts";

/** Red, green and blue of the ground. */
const DARK = [40, 40, 44];
/** Least opacity of a pixel that is seen. */
const SEEN = 25.5;

/** An image as RGBA. Of grey and RGB ones all is opaque. */
export function rgbaOf({ pixels, channels }: { readonly pixels: Uint8Array; readonly channels: number }): Uint8Array {
  if (channels === 4) return pixels;
  return Uint8Array.from({ length: (4 * pixels.length) / channels }, (_, i) => (i % 4 === 3 ? 255 : pixels[Math.floor(i / 4) * channels + (channels === 3 ? i % 4 : 0)])); // biome-ignore format: one idea
}

/** Images on a ground with their opacity -> RGBA: c = (c' - (1 - a) g) / a. */
export function withoutGround(rgb: Uint8Array, alpha: Uint8Array, background: string): Uint8Array {
  const ground = groundOfHex(background);
  return Uint8Array.from({ length: 4 * alpha.length }, (_, i) => {
    const [a, c] = [alpha[i >> 2] / 255, i % 4];
    if (c === 3 || a === 0) return c === 3 ? alpha[i >> 2] : 0;
    return Math.min(255, Math.max(0, Math.round((rgb[3 * (i >> 2) + c] - (1 - a) * ground[c]) / a)));
  });
}

/** RGB [side, side, 3]: the picture on the dark ground, in its middle. */
export function onDark(rgba: Uint8Array, { width, height }: Size, side: number): Uint8Array {
  const [left, top] = [width, height].map((length) => Math.floor((side - length) / 2));
  const out = Uint8Array.from({ length: 3 * side * side }, (_, i) => DARK[i % 3]);
  for (let i = 0; i < width * height; i++) {
    const at = 3 * ((top + Math.floor(i / width)) * side + left + (i % width));
    const a = rgba[4 * i + 3] / 255;
    for (let c = 0; c < 3; c++) out[at + c] = Math.round(a * rgba[4 * i + c] + (1 - a) * DARK[c]);
  }
  return out;
}

/** Mean brightness over the dark ground of the pixels that are seen beside one that is not; undefined if there is none. */
export function ringOf(pictures: readonly Uint8Array[], { width, height }: Size): number | undefined {
  let [sum, count] = [0, 0];
  for (const rgba of pictures) {
    const isSeen = (x: number, y: number): boolean => x < 0 || y < 0 || x >= width || y >= height || rgba[4 * (y * width + x) + 3] >= SEEN;
    for (let i = 0; i < width * height; i++) {
      const [x, y] = [i % width, Math.floor(i / width)];
      if (!isSeen(x, y) || (isSeen(x - 1, y) && isSeen(x + 1, y) && isSeen(x, y - 1) && isSeen(x, y + 1))) continue;
      const a = rgba[4 * i + 3] / 255;
      sum += DARK.reduce((total, dark, c) => total + a * (rgba[4 * i + c] - dark), 0) / 3;
      count++;
    }
  }
  return count === 0 ? undefined : sum / count;
}

/** Different colours of what is opaque. */
export function coloursOf(pictures: readonly Uint8Array[]): number {
  const found = new Set<number>();
  for (const rgba of pictures)
    for (let i = 0; i < rgba.length; i += 4) if (rgba[i + 3] > 0) found.add((rgba[i] << 16) | (rgba[i + 1] << 8) | rgba[i + 2]);
  return found.size;
}
