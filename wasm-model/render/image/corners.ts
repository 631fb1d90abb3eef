/** Rounded corners: outside them an image is transparent. */
import type { OwnPixels, Pixels } from "./png.ts";

/**
 * The image in RGBA, with corners of this percentage of its shorter side: 50 gives a circle. A pixel whose centre is beyond the centre of a corner's circle is as opaque as that circle covers
 * it: by r + 1/2 - distance, clamped to 0..1, which is a straight edge's cover. `Math.sqrt` is exact, so the bytes are
 * the same everywhere.
 */
export function rounded({ pixels, width, height, channels }: Pixels, percent: number): OwnPixels {
  const r = (Math.min(width, height) * percent) / 100;
  const beyond = (at: number, length: number): number => r - 0.5 - Math.min(at, length - 1 - at);
  const out = new Uint8Array(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    const x = i % width;
    const [dx, dy] = [beyond(x, width), beyond((i - x) / width, height)];
    const cover = dx > 0 && dy > 0 ? Math.min(1, Math.max(0, r + 0.5 - Math.sqrt(dx * dx + dy * dy))) : 1;
    for (let c = 0; c < 3; c++) out[4 * i + c] = pixels[i * channels + (channels === 1 ? 0 : c)];
    out[4 * i + 3] = Math.round(cover * (channels === 4 ? pixels[4 * i + 3] : 255));
  }
  return { pixels: out, width, height, channels: 4 };
}
