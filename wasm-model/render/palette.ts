/** Pixel art: each pixel gets one of the model's colours, near to its own and in agreement with its neighbours. */
import type { ModelCard } from "../model/card.ts";
import { RGB, type Size } from "../network/spec.ts";
import { type Colour, parseColour } from "../request/colours.ts";
import type { Appearance } from "../request/resolve.ts";
import type { Denoise } from "../sampling/sampler.ts";
import { toPixels, unitValue } from "./image/pixels.ts";
import { groundColour } from "./inputs.ts";

/**
 * What each of the four neighbours with a colour takes off the squared distance to it, in steps of 255: this, but no more than this share
 * of the squared distance between both colours, or details in a colour near to their outline's would drown; and how often they are asked.
 */
const [AGREEMENT, SHARE] = [2000, 0.2];
const ROUNDS = 3;
/** A colour stays in an image only if without it the squared distances of its pixels would grow by this much, all together. */
const WORTH = 20_000;
/** The least share that a colour has in a pixel beside a transparent one, where it is mixed with the ground. */
const LEAST_SHARE = 0.5;

/** At noise levels up to this the image that is expected has the palette's colours. Above it, its objects take shape. */
const CLAMPED = 1;

/** Whether images have the colours of the model's palette only. */
export const isExact = ({ palette }: Pick<Appearance, "palette">, card: ModelCard): boolean =>
  card.palette !== undefined && palette !== "free";

/**
 * The denoiser of pixel art: at low noise D(x, sigma) gets the palette's colours and the ground's (the clamping trick, Li et al. 2022,
 * Diffusion-LM), so that the levels that follow draw areas of one colour where the network's own estimates are blends.
 */
export function paletteDenoiser(denoise: Denoise, appearance: Pick<Appearance, "palette">, card: ModelCard): Denoise {
  const { spec, palette, training } = card;
  if (!isExact(appearance, card)) return denoise;
  const size = RGB * spec.height * spec.width;
  const colours = [...palette!, training.pictures!.background];
  return async (x, sigma, labels) => {
    const images = await denoise(x, sigma, labels);
    if (sigma > CLAMPED) return images;
    for (let start = 0; start < images.length; start += size)
      images.set(inPalette(images.subarray(start, start + size), spec, colours, groundColour(card)), start);
    return images;
  };
}

/**
 * RGB or RGBA [C, H, W] in [-1, 1], in these colours only; what is less than half opaque becomes transparent, all else opaque.
 * A pixel beside a transparent one may be drawn as a colour p mixed with the ground g: its distance is that to the half of the
 * line from p to g that begins at p.
 */
export function inPalette(values: Float32Array, { height, width }: Size, palette: readonly string[], ground: Colour): Float32Array {
  const area = height * width;
  const colours = Int32Array.from(palette.flatMap((text) => parseColour(text)!));
  const fromGround = colours.map((value, at) => value - ground[at % RGB]);
  const pixels = toPixels(values.subarray(0, RGB * area), RGB);
  const distances = new Int32Array(area * palette.length);
  const nearest = new Int32Array(area).fill(-1);
  const isClear = (at: number): boolean => values.length > RGB * area && values[RGB * area + at] < 0;
  const isEdge = (i: number): boolean => {
    const [x, y] = [i % width, Math.floor(i / width)];
    const across = (x > 0 && isClear(i - 1)) || (x + 1 < width && isClear(i + 1));
    return across || (y > 0 && isClear(i - width)) || (y + 1 < height && isClear(i + width));
  };
  for (let i = 0; i < area; i++) {
    if (isClear(i)) continue;
    const isMixed = isEdge(i);
    let least = Number.POSITIVE_INFINITY;
    const [red, green, blue] = [pixels[RGB * i] - ground[0], pixels[RGB * i + 1] - ground[1], pixels[RGB * i + 2] - ground[2]];
    for (let k = 0; k < palette.length; k++) {
      const r = fromGround[RGB * k];
      const g = fromGround[RGB * k + 1];
      const b = fromGround[RGB * k + 2];
      const along = isMixed ? (red * r + green * g + blue * b) / Math.max(1, r * r + g * g + b * b) : 1;
      const share = Math.min(1, Math.max(LEAST_SHARE, along));
      const distance = Math.floor(square(red - share * r) + square(green - share * g) + square(blue - share * b));
      distances[i * palette.length + k] = distance;
      if (distance >= least) continue;
      least = distance;
      nearest[i] = k;
    }
  }
  const worth = agreementOf(colours);
  let chosen: Int32Array = nearest;
  for (let round = 0; round < ROUNDS; round++) chosen = voteWithNeighbours(chosen, nearest, distances, worth, width);
  chosen = dropRareColours(chosen, distances, palette.length);
  const out = new Float32Array(values.length).fill(-1);
  for (let i = 0; i < area; i++) {
    if (chosen[i] < 0) continue;
    for (let c = 0; c < RGB; c++) out[c * area + i] = unitValue(colours[RGB * chosen[i] + c]);
    if (values.length > RGB * area) out[RGB * area + i] = 1;
  }
  return out;
}

const square = (x: number): number => x * x;

/** [K, K]: what a neighbour with one colour takes off against another. */
function agreementOf(colours: Int32Array): Float64Array {
  const count = colours.length / RGB;
  const worth = new Float64Array(count * count);
  for (let at = 0; at < worth.length; at++) {
    const [j, k] = [RGB * Math.floor(at / count), RGB * (at % count)];
    let between = 0;
    for (let c = 0; c < RGB; c++) between += square(colours[j + c] - colours[k + c]);
    worth[at] = Math.min(AGREEMENT, SHARE * between);
  }
  return worth;
}

/** A round: of the nearest colour and those of the neighbours the one that costs least, asked one after the other. -1 is no colour, and stays. */
function voteWithNeighbours(
  before: Int32Array,
  nearest: Int32Array,
  distances: Int32Array,
  worth: Float64Array,
  width: number,
): Int32Array {
  const count = distances.length / before.length;
  const chosen = before.slice();
  const around = new Int32Array(4);
  for (let i = 0; i < before.length; i++) {
    if (before[i] < 0) continue;
    around[0] = i % width > 0 ? before[i - 1] : -1;
    around[1] = (i + 1) % width > 0 ? before[i + 1] : -1;
    around[2] = i >= width ? before[i - width] : -1;
    around[3] = i + width < before.length ? before[i + width] : -1;
    let best = nearest[i];
    for (let n = 0; n < around.length; n++) {
      const other = around[n];
      if (other < 0 || other === best) continue;
      let more = 0; // neighbours that have the other colour, less those that have the best one
      for (let m = 0; m < around.length; m++) more += around[m] === other ? 1 : around[m] === best ? -1 : 0;
      if (distances[i * count + other] - worth[best * count + other] * more < distances[i * count + best]) best = other;
    }
    chosen[i] = best;
  }
  return chosen;
}

/** Without the colours that are not worth their place: a sprite has few of its sheet's. The rarest is asked first. */
function dropRareColours(before: Int32Array, distances: Int32Array, count: number): Int32Array {
  const pixels: number[][] = Array.from({ length: count }, () => []);
  for (let i = 0; i < before.length; i++) if (before[i] >= 0) pixels[before[i]].push(i);
  const chosen = before.slice();
  let used = [...pixels.keys()].filter((k) => pixels[k].length > 0);
  for (const gone of used.toSorted((j, k) => pixels[j].length - pixels[k].length || j - k)) {
    const others = used.filter((k) => k !== gone);
    if (others.length === 0) break;
    let lost = 0;
    const next = pixels[gone].map((i) => {
      let best = others[0];
      for (const k of others) if (distances[i * count + k] < distances[i * count + best]) best = k;
      lost += distances[i * count + best] - distances[i * count + gone];
      return best;
    });
    if (lost >= WORTH) continue;
    used = others;
    for (const [n, i] of pixels[gone].entries()) chosen[i] = next[n];
  }
  return chosen;
}
