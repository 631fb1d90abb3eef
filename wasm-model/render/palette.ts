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

/** The colour cube has so many cells each way and in all, of 1 << CELL steps of 255. */
const [CELL, PLACES, CELLS] = [3, 32, 32 * 32 * 32];
/** More than the diagonal of a cell, and than what is rounded off squared distances beside it. */
const REACH = 16;

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
  const isKeyed = card.keyed === true;
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
  /** The colours that may be the nearest to those of a cell of the cube, once they were asked for: of pixels as they are, and mixed. */
  readonly cells: readonly [plain: (Uint8Array | undefined)[], mixed: (Uint8Array | undefined)[]];
}

/** The squared distance of pixel i to colour k. */
type DistanceTo = (i: number, k: number) => number;

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
  const cells: Palette["cells"] = [new Array(CELLS), new Array(CELLS)];
  const palette = { colours, ground, fromGround, lengths, agreement: agreementOf(colours, isKeyed), isKeyed, cells };
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
  const isMixed = new Uint8Array(area); // beside a clear one
  for (let i = 0, x = 0; i < area; i++, x = x + 1 === width ? 0 : x + 1) {
    for (let c = 0; c < RGB; c++) pixels[RGB * i + c] -= ground[c];
    const isClear = isKeyed ? squaredLength(pixels, RGB * i) < CLEAR : values.length > RGB * area && values[RGB * area + i] < 0;
    if (!isClear) continue;
    clear[i] = 1;
    if (x > 0) isMixed[i - 1] = 1;
    if (x + 1 < width) isMixed[i + 1] = 1;
    if (i >= width) isMixed[i - width] = 1;
    if (i + width < area) isMixed[i + width] = 1;
  }
  const nearest = new Int32Array(area).fill(-1);
  const distanceTo: DistanceTo = (i, k) =>
    squaredDistance(palette, k, pixels[RGB * i], pixels[RGB * i + 1], pixels[RGB * i + 2], isMixed[i]);
  for (let i = 0; i < area; i++) {
    if (!isKeyed && clear[i] === 1) continue;
    nearest[i] = nearestColour(palette, pixels[RGB * i], pixels[RGB * i + 1], pixels[RGB * i + 2], isMixed[i]);
  }
  const agreed = agreeWithNeighbours(nearest, distanceTo, palette, width);
  const chosen = dropRareColours(agreed, nearest, distanceTo, count);
  const isRgba = isCut || values.length > RGB * area;
  const out = new Float32Array((isRgba ? RGB + 1 : RGB) * area).fill(-1);
  for (let i = 0; i < area; i++) {
    if (chosen[i] < 0 || (isCut && chosen[i] === count - 1)) continue;
    for (let c = 0; c < RGB; c++) out[c * area + i] = unitValue(colours[RGB * chosen[i] + c]);
    if (isRgba) out[RGB * area + i] = 1;
  }
  return out;
}

/** The squared distance of a pixel, which may be mixed with the ground, to colour k. Red, green and blue are from the ground, too. */
function squaredDistance({ fromGround, lengths }: Palette, k: number, red: number, green: number, blue: number, isMixed: number): number {
  const [r, g, b] = [fromGround[RGB * k], fromGround[RGB * k + 1], fromGround[RGB * k + 2]];
  if (isMixed === 0) return square(red - r) + square(green - g) + square(blue - b);
  const along = red * r + green * g + blue * b;
  const share = along >= lengths[k] ? 1 : along > LEAST_SHARE * lengths[k] ? along / lengths[k] : LEAST_SHARE;
  return Math.floor(square(red - share * r) + square(green - share * g) + square(blue - share * b));
}

/** The nearest colour, the first of equally near ones: it is one of those that may be the nearest to a colour of its cell. */
function nearestColour(palette: Palette, red: number, green: number, blue: number, isMixed: number): number {
  const { ground, cells } = palette;
  const at = ((red + ground[0]) >> CELL) * PLACES * PLACES + ((green + ground[1]) >> CELL) * PLACES + ((blue + ground[2]) >> CELL);
  cells[isMixed][at] ??= candidatesFor(at, palette, isMixed);
  const candidates = cells[isMixed][at]!;
  if (candidates.length === 1) return candidates[0];
  let [nearest, least] = [0, 1 << 30];
  for (let n = 0; n < candidates.length; n++) {
    const distance = squaredDistance(palette, candidates[n], red, green, blue, isMixed);
    if (distance >= least) continue;
    least = distance;
    nearest = candidates[n];
  }
  return nearest;
}

/** The colours that are nearest to some colour of a cell, and perhaps others: distances from its middle differ from those by less than half of REACH. */
function candidatesFor(at: number, palette: Palette, isMixed: number): Uint8Array {
  const [red, green, blue] = [Math.floor(at / PLACES / PLACES), Math.floor(at / PLACES) % PLACES, at % PLACES].map(
    (place, c) => ((place + 0.5) * 256) / PLACES - palette.ground[c],
  );
  const distances = Float64Array.from(palette.lengths, (_, k) => Math.sqrt(squaredDistance(palette, k, red, green, blue, isMixed)));
  const least = Math.min(...distances);
  return Uint8Array.from([...distances.keys()].filter((k) => distances[k] <= least + REACH));
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

/**
 * In rounds: of the nearest colour and those of the neighbours the one that costs least, asked one after the other. -1 is no colour, and
 * stays. From the second round on only pixels with a neighbour that has changed are asked again: others would answer the same.
 */
function agreeWithNeighbours(nearest: Int32Array, distanceTo: DistanceTo, { agreement, lengths }: Palette, width: number): Int32Array {
  const count = lengths.length;
  let chosen = nearest;
  let isAsked = new Uint8Array(nearest.length).fill(1);
  const around = new Int32Array(4);
  for (let round = 0; round < ROUNDS; round++) {
    const [before, isAskedNow] = [chosen, isAsked];
    chosen = before.slice();
    isAsked = new Uint8Array(nearest.length);
    for (let i = 0; i < before.length; i++) {
      if (isAskedNow[i] === 0 || before[i] < 0) continue;
      const x = i % width;
      around[0] = x > 0 ? before[i - 1] : -1;
      around[1] = x + 1 < width ? before[i + 1] : -1;
      around[2] = i >= width ? before[i - width] : -1;
      around[3] = i + width < before.length ? before[i + width] : -1;
      let [best, cost] = [nearest[i], -1];
      for (let n = 0; n < 4; n++) {
        const other = around[n];
        if (other < 0 || other === best) continue;
        let more = 0; // neighbours that have the other colour, less those that have the best one
        for (let m = 0; m < 4; m++) more += around[m] === other ? 1 : around[m] === best ? -1 : 0;
        if (more <= 0 && best === nearest[i]) continue; // it is not nearer
        if (cost < 0) cost = distanceTo(i, best);
        const distance = distanceTo(i, other);
        if (distance - agreement[best * count + other] * more >= cost) continue;
        cost = distance;
        best = other;
      }
      if (best === before[i]) continue;
      chosen[i] = best;
      isAsked[i - 1] = isAsked[i + 1] = isAsked[i - width] = isAsked[i + width] = 1;
    }
  }
  return chosen;
}

/** Without the colours that are not worth their place: a sprite has few of its sheet's. The rarest is asked first. */
function dropRareColours(before: Int32Array, nearest: Int32Array, distanceTo: DistanceTo, count: number): Int32Array {
  const pixels: number[][] = Array.from({ length: count }, () => []);
  for (let i = 0; i < before.length; i++) if (before[i] >= 0) pixels[before[i]].push(i);
  const chosen = before.slice();
  let used = [...pixels.keys()].filter((k) => pixels[k].length > 0);
  for (const gone of used.toSorted((j, k) => pixels[j].length - pixels[k].length || j - k)) {
    const others = used.filter((k) => k !== gone);
    if (others.length === 0) break;
    const leastOf = (i: number): number => distanceTo(i, nearest[i]);
    let lost = 0; // what neighbours cost; from here on it grows
    for (const i of pixels[gone]) if (nearest[i] !== gone) lost += leastOf(i) - distanceTo(i, gone);
    const next: number[] = [];
    for (const i of pixels[gone]) {
      let [best, least] = [others[0], distanceTo(i, others[0])];
      for (const k of others) {
        const distance = distanceTo(i, k);
        if (distance >= least) continue;
        least = distance;
        best = k;
      }
      lost += least - leastOf(i);
      if (lost >= WORTH) break;
      next.push(best);
    }
    if (lost >= WORTH) continue;
    used = others;
    for (const [n, i] of pixels[gone].entries()) chosen[i] = next[n];
  }
  return chosen;
}
