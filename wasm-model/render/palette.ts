/** Pixel art: each pixel gets one of the model's colours, near to its own and in agreement with its neighbours. */
import { RGB, type Size } from "../network/spec.ts";
import { parseColour } from "../request/colours.ts";
import { unitValue } from "./image/pixels.ts";

/** What each of the four neighbours with a colour takes off the squared distance to it, in steps of 255, and how often they are asked. */
const AGREEMENT = 500;
const ROUNDS = 3;

/** RGB or RGBA [C, H, W] in [-1, 1], in these colours only; what is less than half opaque becomes transparent, all else opaque. */
export function inPalette(values: Float32Array, { height, width }: Size, palette: readonly string[]): Float32Array {
  const area = height * width;
  const colours = palette.map((text) => parseColour(text)!);
  const isOpaque = (i: number): boolean => values.length === RGB * area || values[RGB * area + i] >= 0;
  const byte = (at: number): number => Math.min(255, Math.max(0, Math.floor((values[at] + 1) * 127.5 + 0.5)));
  const distances = new Float64Array(area * colours.length);
  const distance = (i: number, k: number): number => distances[i * colours.length + k];
  const nearest = new Int32Array(area).fill(-1);
  for (let i = 0; i < area; i++) {
    if (!isOpaque(i)) continue;
    for (let k = 0; k < colours.length; k++) {
      for (let c = 0; c < RGB; c++) distances[i * colours.length + k] += (byte(c * area + i) - colours[k][c]) ** 2;
      if (nearest[i] < 0 || distance(i, k) < distance(i, nearest[i])) nearest[i] = k;
    }
  }
  let chosen = nearest;
  for (let round = 0; round < ROUNDS; round++) {
    const before = chosen;
    chosen = before.map((own, i) => {
      if (own < 0) return own;
      const [x, y] = [i % width, Math.floor(i / width)];
      const around = [x > 0 ? before[i - 1] : -1, x + 1 < width ? before[i + 1] : -1];
      around.push(y > 0 ? before[i - width] : -1, y + 1 < height ? before[i + width] : -1);
      const cost = (k: number): number => distance(i, k) - AGREEMENT * around.filter((other) => other === k).length;
      return around.reduce((best, k) => (k >= 0 && cost(k) < cost(best) ? k : best), nearest[i]); // no other colour can be better
    });
  }
  return values.map((_, at) => {
    const colour = colours[chosen[at % area]];
    if (at >= RGB * area) return colour ? 1 : -1;
    return colour ? unitValue(colour[Math.floor(at / area)]) : -1;
  });
}
