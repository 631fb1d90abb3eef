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
 * On a key more, since holes are none of it.
 */
const [AGREEMENT, SHARE] = [2000, 0.2];
const [AGREEMENT_ON_KEY, SHARE_ON_KEY] = [4000, 0.3];
const ROUNDS = 3;
/** A colour stays in an image only if without it the squared distances of its pixels would grow by this much, all together. */
const WORTH = 20_000;
/** The least share that a colour has in a pixel beside a clear one, where it is mixed with the ground. */
const LEAST_SHARE = 0.5;
/** On a key a pixel is clear, for those beside it, at less than this squared distance from the ground. */
const CLEAR = 120 * 120;

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
  if (!isExact(appearance, card)) return denoise;
  const { spec } = card;
  const size = RGB * spec.height * spec.width;
  const palette = paletteOf(card, true);
  return async (x, sigma, labels) => {
    const images = await denoise(x, sigma, labels);
    if (sigma > CLAMPED) return images;
    for (let start = 0; start < images.length; start += size)
      images.set(inPalette(images.subarray(start, start + size), spec, palette), start);
    return images;
  };
}

/**
 * A finished image of a model with a palette, [C, H, W] in [-1, 1], in its colours: RGB, or RGBA whose opacities become 0 or 1. On a key
 * RGB becomes RGBA: what has the ground's colour is clear.
 */
export function asPixelArt(values: Float32Array, size: Size, card: ModelCard): Float32Array {
  const isKeyed = card.keyed === true && card.cutOut === true;
  return inPalette(values, size, paletteOf(card, isKeyed), isKeyed);
}

/** What depends on the model alone: K colours, the ground the last of them where it is one. */
interface Palette {
  readonly colours: Int32Array;
  readonly ground: Colour;
  /** From the ground to each colour, and the squared lengths of these lines. */
  readonly fromGround: Int32Array;
  readonly lengths: Int32Array;
  /** [K, K]: what a neighbour with one colour takes off against another. */
  readonly agreement: Float64Array;
  readonly isKeyed: boolean;
}

const palettes = [new WeakMap<ModelCard, Palette>(), new WeakMap<ModelCard, Palette>()] as const;

function paletteOf(card: ModelCard, hasGround: boolean): Palette {
  const cache = palettes[hasGround ? 1 : 0];
  const known = cache.get(card);
  if (known) return known;
  const ground = groundColour(card);
  const isKeyed = card.keyed === true;
  const colours = Int32Array.from([...card.palette!.map((text) => parseColour(text)!), ...(hasGround ? [ground] : [])].flat());
  const fromGround = colours.map((value, at) => value - ground[at % RGB]);
  const lengths = new Int32Array(colours.length / RGB).map((_, k) => squaredLength(fromGround, RGB * k));
  const palette = { colours, ground, fromGround, lengths, agreement: agreementOf(colours, isKeyed), isKeyed };
  cache.set(card, palette);
  return palette;
}

/**
 * RGB or RGBA [C, H, W] in [-1, 1], in these colours only; what is less than half opaque becomes transparent, all else opaque.
 * A pixel beside a transparent one may be drawn as a colour p mixed with the ground g: its distance is that to the half of the
 * line from p to g that begins at p. `isCut`: what has the last colour, the ground's, becomes transparent, too.
 */
function inPalette(values: Float32Array, { height, width }: Size, palette: Palette, isCut = false): Float32Array {
  const area = height * width;
  const { colours, ground, lengths, isKeyed } = palette;
  const count = lengths.length;
  const pixels = new Int32Array(toPixels(values.subarray(0, RGB * area), RGB));
  const clear = new Uint8Array(area);
  for (let i = 0; i < area; i++) {
    for (let c = 0; c < RGB; c++) pixels[RGB * i + c] -= ground[c];
    const isClear = isKeyed ? squaredLength(pixels, RGB * i) < CLEAR : values.length > RGB * area && values[RGB * area + i] < 0;
    if (isClear) clear[i] = 1;
  }
  const distances = new Int32Array(area * count);
  const nearest = new Int32Array(area).fill(-1);
  for (let i = 0; i < area; i++) {
    if (!isKeyed && clear[i] === 1) continue;
    const isBesideClear =
      (i % width > 0 && clear[i - 1] === 1) ||
      ((i + 1) % width > 0 && clear[i + 1] === 1) ||
      clear[i - width] === 1 ||
      clear[i + width] === 1;
    const row = distances.subarray(i * count, (i + 1) * count);
    nearest[i] = (isBesideClear ? distancesOfMixture : distancesOf)(
      row,
      pixels[RGB * i],
      pixels[RGB * i + 1],
      pixels[RGB * i + 2],
      palette,
    );
  }
  let chosen: Int32Array = nearest;
  for (let round = 0; round < ROUNDS; round++) chosen = voteWithNeighbours(chosen, nearest, distances, palette.agreement, width);
  chosen = dropRareColours(chosen, nearest, distances, count);
  const isRgba = isCut || values.length > RGB * area;
  const out = new Float32Array((isRgba ? RGB + 1 : RGB) * area).fill(-1);
  for (let i = 0; i < area; i++) {
    if (chosen[i] < 0 || (isCut && chosen[i] === count - 1)) continue;
    for (let c = 0; c < RGB; c++) out[c * area + i] = unitValue(colours[RGB * chosen[i] + c]);
    if (isRgba) out[RGB * area + i] = 1;
  }
  return out;
}

/** Fills in a pixel's squared distances to all colours, and returns the nearest of these. Red, green and blue are from the ground, too. */
function distancesOf(distances: Int32Array, red: number, green: number, blue: number, { fromGround }: Palette): number {
  let [nearest, least] = [0, 1 << 30];
  for (let k = 0, at = 0; k < distances.length; k++, at += RGB) {
    const [r, g, b] = [red - fromGround[at], green - fromGround[at + 1], blue - fromGround[at + 2]];
    const distance = r * r + g * g + b * b;
    distances[k] = distance;
    if (distance >= least) continue;
    least = distance;
    nearest = k;
  }
  return nearest;
}

/** The same of a pixel that may be mixed with the ground. */
function distancesOfMixture(distances: Int32Array, red: number, green: number, blue: number, { fromGround, lengths }: Palette): number {
  let [nearest, least] = [0, 1 << 30];
  for (let k = 0, at = 0; k < distances.length; k++, at += RGB) {
    const [r, g, b] = [fromGround[at], fromGround[at + 1], fromGround[at + 2]];
    const share = Math.min(1, Math.max(LEAST_SHARE, (red * r + green * g + blue * b) / Math.max(1, lengths[k])));
    const distance = Math.floor(square(red - share * r) + square(green - share * g) + square(blue - share * b));
    distances[k] = distance;
    if (distance >= least) continue;
    least = distance;
    nearest = k;
  }
  return nearest;
}

const square = (x: number): number => x * x;

const squaredLength = (values: Int32Array, at: number): number => square(values[at]) + square(values[at + 1]) + square(values[at + 2]);

function agreementOf(colours: Int32Array, isKeyed: boolean): Float64Array {
  const count = colours.length / RGB;
  const [most, share] = isKeyed ? [AGREEMENT_ON_KEY, SHARE_ON_KEY] : [AGREEMENT, SHARE];
  return new Float64Array(count * count).map((_, at) => {
    const [j, k] = [RGB * Math.floor(at / count), RGB * (at % count)];
    return Math.min(
      most,
      share *
        squaredLength(
          colours.slice(j, j + RGB).map((value, c) => value - colours[k + c]),
          0,
        ),
    );
  });
}

/** A round: of the nearest colour and those of the neighbours the one that costs least, asked one after the other. -1 is no colour, and stays. */
function voteWithNeighbours(
  before: Int32Array,
  nearest: Int32Array,
  distances: Int32Array,
  agreement: Float64Array,
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
      if (distances[i * count + other] - agreement[best * count + other] * more < distances[i * count + best]) best = other;
    }
    chosen[i] = best;
  }
  return chosen;
}

/** Without the colours that are not worth their place: a sprite has few of its sheet's. The rarest is asked first. */
function dropRareColours(before: Int32Array, nearest: Int32Array, distances: Int32Array, count: number): Int32Array {
  const pixels: number[][] = Array.from({ length: count }, () => []);
  for (let i = 0; i < before.length; i++) if (before[i] >= 0) pixels[before[i]].push(i);
  const chosen = before.slice();
  let used = [...pixels.keys()].filter((k) => pixels[k].length > 0);
  for (const gone of used.toSorted((j, k) => pixels[j].length - pixels[k].length || j - k)) {
    const others = used.filter((k) => k !== gone);
    if (others.length === 0) break;
    const leastOf = (i: number): number => distances[i * count + nearest[i]];
    let lost = pixels[gone].reduce((sum, i) => sum + leastOf(i) - distances[i * count + gone], 0); // what neighbours cost; from here on it grows
    const next: number[] = [];
    for (const i of pixels[gone]) {
      let best = others[0];
      for (const k of others) if (distances[i * count + k] < distances[i * count + best]) best = k;
      lost += distances[i * count + best] - leastOf(i);
      if (lost >= WORTH) break;
      next.push(best);
    }
    if (lost >= WORTH) continue;
    used = others;
    for (const [n, i] of pixels[gone].entries()) chosen[i] = next[n];
  }
  return chosen;
}
