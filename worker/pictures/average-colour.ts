import type { Pixels } from "../../wasm-model/render/image/png.ts";

/** The mean of all pixels, each channel rounded, as a CSS colour. Pixels with alpha count by it, and the mean alpha is the last of the eight digits' pairs. */
export function averageColour({ pixels, channels }: Pixels): string {
  const sums = [0, 0, 0, 0];
  for (let at = 0; at < pixels.length; at += channels) {
    const alpha = channels === 4 ? pixels[at + 3] : 255;
    for (let c = 0; c < 3; c++) sums[c] += alpha * pixels[at + (channels === 1 ? 0 : c)];
    sums[3] += alpha;
  }
  const [red, green, blue, alpha] = sums;
  const means = [red, green, blue].map((sum) => (alpha === 0 ? 0 : sum / alpha));
  const digits = (channels === 4 ? [...means, (alpha * channels) / pixels.length] : means).map((mean) =>
    Math.round(mean).toString(16).padStart(2, "0"),
  );
  return `#${digits.join("")}`;
}
