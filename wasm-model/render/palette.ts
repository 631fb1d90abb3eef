/** Pixel art: each pixel gets one of the model's colours, near to its own and in agreement with its neighbours. */
import { NO_COLOUR, paletteColours } from "../engine/drawing.ts";
import type { ModelCard } from "../model/card.ts";
import { RGB, type Size } from "../network/spec.ts";
import { type Colour, parseColour } from "../request/colours.ts";
import type { Appearance } from "../request/resolve.ts";
import type { Denoise } from "../sampling/sampler.ts";
import { toPixels, unitValue } from "./image/pixels.ts";
import { groundColour } from "./inputs.ts";

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
  const isKeyed = card.keyed === true;
  return inPalette(values, size, paletteOf(card, isKeyed), isKeyed);
}

/** K colours, the ground the last of them where it is one. */
interface Palette {
  readonly colours: readonly Colour[];
  readonly ground: Colour;
  /** [K, 4]: from the ground to each colour, and 0. */
  readonly fromGround: Int16Array;
  readonly isKeyed: boolean;
}

function paletteOf(card: ModelCard, hasGround: boolean): Palette {
  const ground = groundColour(card);
  const colours = [...card.palette!.map((text) => parseColour(text)!), ...(hasGround ? [ground] : [])];
  const fromGround = Int16Array.from(colours.flatMap((colour) => [...colour.map((value, c) => value - ground[c]), 0]));
  return { colours, ground, fromGround, isKeyed: card.keyed === true };
}

/**
 * RGB or RGBA [C, H, W] in [-1, 1], in these colours only; what is less than half opaque becomes transparent, all else opaque.
 * A pixel beside a transparent one may be drawn as a colour p mixed with the ground g: its distance is that to the half of the
 * line from p to g that begins at p. `isCut`: what has the last colour, the ground's, becomes transparent, too.
 */
function inPalette(values: Float32Array, { height, width }: Size, palette: Palette, isCut = false): Float32Array {
  const area = height * width;
  const { colours, ground, fromGround, isKeyed } = palette;
  const bytes = toPixels(values.subarray(0, RGB * area), RGB);
  const pixels = new Int16Array(4 * area);
  const clear = new Uint8Array(area);
  for (let i = 0; i < area; i++) {
    let length = 0; // from the ground, squared
    for (let c = 0; c < RGB; c++) {
      const value = bytes[RGB * i + c] - ground[c];
      pixels[4 * i + c] = value;
      length += value * value;
    }
    if (isKeyed ? length < CLEAR : values.length > RGB * area && values[RGB * area + i] < 0) clear[i] = 1;
  }
  const chosen = paletteColours(pixels, clear, width, fromGround, isKeyed);
  const isRgba = isCut || values.length > RGB * area;
  const out = new Float32Array((isRgba ? RGB + 1 : RGB) * area).fill(-1);
  for (let i = 0; i < area; i++) {
    if (chosen[i] === NO_COLOUR || (isCut && chosen[i] === colours.length - 1)) continue;
    const colour = colours[chosen[i]];
    for (let c = 0; c < RGB; c++) out[c * area + i] = unitValue(colour[c]);
    if (isRgba) out[RGB * area + i] = 1;
  }
  return out;
}
