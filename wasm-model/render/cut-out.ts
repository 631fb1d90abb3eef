/**
 * Cut-outs: from an image on its ground and the matte's opacities to straight RGBA, and to larger sizes without a halo.
 *
 * Planes of H x W pixels: red, green and blue in [-1, 1]; opacity a in 0..1, in RGBA as 2 a - 1. A drawn value is
 * c' = a c + (1 - a) g, with the ground g, whose values are in [-1, 1] too.
 */
import { RGB, type Size } from "../network/spec.ts";
import type { Colour } from "../request/colours.ts";
import { unitValue } from "./image/pixels.ts";
import type { OwnPixels, Pixels } from "./image/png.ts";
import { pixelated } from "./image/resize.ts";

/** Opacities that are so near to an end become that end; those between are stretched. */
const STRETCH = 0.04;
/** How far, in pixels, colours are carried into what is transparent: as far as the enlarger reads. */
const REACH = 12;

const clampTo = (value: number, least: number): number => Math.min(1, Math.max(least, value));

/**
 * RGB on the ground [3, H, W] and the matte's opacities [H, W] -> RGBA. No colour can be farther from the ground than its opacity
 * allows, so a >= |c' - g| / max(1 + g, 1 - g) in every channel. Then c = (c' - (1 - a) g) / a; black where a = 0.
 */
export function cutOut(values: Float32Array, opacity: Float32Array, ground: Colour): Float32Array {
  const area = opacity.length;
  const out = new Float32Array(4 * area).fill(-1);
  const grounds = ground.map(unitValue);
  for (let i = 0; i < area; i++) {
    let a = opacity[i];
    for (let c = 0; c < RGB; c++) a = Math.max(a, Math.abs(clampTo(values[c * area + i], -1) - grounds[c]) / (1 + Math.abs(grounds[c])));
    a = clampTo((a - STRETCH) / (1 - 2 * STRETCH), 0);
    out[RGB * area + i] = 2 * a - 1;
    if (a === 0) continue;
    for (let c = 0; c < RGB; c++) out[c * area + i] = clampTo((clampTo(values[c * area + i], -1) - (1 - a) * grounds[c]) / a, -1);
  }
  return out;
}

/** RGBA on a colour, in integers: c' = (a c + (255 - a) g) / 255, rounded. */
export function onColour({ pixels, width, height }: Pixels, colour: Colour): OwnPixels {
  const out = new Uint8Array(RGB * width * height);
  for (let i = 0; i < width * height; i++) {
    const a = pixels[4 * i + 3];
    for (let c = 0; c < RGB; c++) out[RGB * i + c] = Math.floor((2 * (a * pixels[4 * i + c] + (255 - a) * colour[c]) + 255) / 510);
  }
  return { pixels: out, width, height, channels: RGB };
}

/** RGB as RGBA, opaque. */
export function opaque({ pixels, width, height }: Pixels): OwnPixels {
  const out = new Uint8Array(4 * width * height).fill(255);
  for (let i = 0; i < width * height; i++) for (let c = 0; c < RGB; c++) out[4 * i + c] = pixels[RGB * i + c];
  return { pixels: out, width, height, channels: 4 };
}

/**
 * The colours of RGBA [3, H, W]: its own where a pixel is at least half opaque, and the less of them the less it is, else the mean
 * of those around it. So whatever mixes neighbours finds no ground. They are carried `REACH` pixels far.
 */
export function bled(rgba: Float32Array, { height, width }: Size): Float32Array {
  const area = height * width;
  const out = rgba.slice(0, RGB * area);
  let weights = Float32Array.from(rgba.subarray(RGB * area), (value) => Math.min(1, value + 1));
  for (let round = 0; round < REACH; round++) {
    const [colours, before] = [out.slice(), weights];
    weights = before.slice();
    for (let i = 0; i < area; i++) {
      const own = before[i];
      if (own === 1) continue;
      const [x, y] = [i % width, Math.floor(i / width)];
      let total = 0;
      const sums = [0, 0, 0];
      for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
        for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
          const at = v * width + u;
          if (at === i) continue;
          total += before[at];
          for (let c = 0; c < RGB; c++) sums[c] += before[at] * colours[c * area + at];
        }
      }
      if (total === 0 || (round > 0 && own > 0)) continue;
      for (let c = 0; c < RGB; c++) out[c * area + i] = own * colours[c * area + i] + ((1 - own) * sums[c]) / total;
      weights[i] = Math.max(own, Math.min(1, total));
    }
  }
  return out;
}

/**
 * Enlarged opacities, in [-1, 1], stretched as those that the matte gives, and no less or greater than what stands around their
 * pixel among those [H, W] that were enlarged: an edge casts no shadow.
 */
export function clampToSurroundings(large: Float32Array, opacity: Float32Array, { height, width }: Size): Float32Array {
  const times = Math.sqrt(large.length / opacity.length);
  const planes = [1, height, width] as const;
  const [least, most] = [Math.min, Math.max].map((choose) =>
    pixelated(extremesAround(opacity, { height, width }, choose), planes, [times * height, times * width]),
  );
  return large.map((value, i) => Math.min(most[i], Math.max(least[i], value / (1 - 2 * STRETCH))));
}

/** The least or the greatest of each pixel and those around it. */
function extremesAround(values: Float32Array, { height, width }: Size, choose: (a: number, b: number) => number): Float32Array {
  const across = values.map((value, i) => {
    const wider = i % width > 0 ? choose(value, values[i - 1]) : value;
    return (i + 1) % width > 0 ? choose(wider, values[i + 1]) : wider;
  });
  return across.map((value, i) => {
    const wider = i >= width ? choose(value, across[i - width]) : value;
    return i < width * (height - 1) ? choose(wider, across[i + width]) : wider;
  });
}
