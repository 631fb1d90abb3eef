/**
 * Pixel art: pictures of few colours whose pixels are clear or opaque. They are learned at the size that they were drawn at, never
 * blended: the same in Node and in a page. A picture is RGBA bytes [H, W, 4].
 */
import type { Size } from "../../wasm-model/network/spec.ts";
import { colourText } from "../../wasm-model/request/colours.ts";

/** Colours of a palette, over all pictures of a folder. */
const [FEWEST_COLOURS, MOST_COLOURS] = [2, 64];
/** Width and height of what is learned as pixel art. */
const [LEAST, MOST] = [16, 64];
/** Larger pictures are not looked at: those of 64 pixels, each drawn as 16x16. */
export const MOST_ENLARGED = 16 * MOST;

/** A picture of few colours, without what repeats; `large` if it has more than 64 pixels each way even so. */
export type Sprite =
  | "large"
  | (Size & { readonly rgba: Uint8Array /** How often each of its pixels stands beside itself in the file. */; readonly times: number });

/** Undefined for a picture of more colours, or with half-transparent pixels. */
export function spriteOf(rgba: Uint8Array, { width, height }: Size): Sprite | undefined {
  const pixels = colours(rgba);
  if (!pixels || new Set(pixels).size > MOST_COLOURS + 1) return undefined;
  const times = repetition(pixels, { width, height });
  const small = { width: width / times, height: height / times };
  if (small.width > MOST || small.height > MOST) return "large";
  const kept = new Uint8Array(4 * small.width * small.height);
  for (let y = 0, to = 0; y < height; y += times) {
    for (let x = 0; x < width; x += times, to += 4) {
      const from = 4 * (y * width + x);
      if (rgba[from + 3] > 0) kept.set(rgba.subarray(from, from + 4), to);
    }
  }
  return { ...small, rgba: kept, times };
}

const CLEAR = -1;

/** The colour of each pixel as a number, or CLEAR; undefined if one is half transparent or there are too many. */
function colours(rgba: Uint8Array): Int32Array | undefined {
  const found = new Set<number>();
  const pixels = new Int32Array(rgba.length / 4);
  for (let i = 0; i < pixels.length; i++) {
    const [r, g, b, alpha] = [rgba[4 * i], rgba[4 * i + 1], rgba[4 * i + 2], rgba[4 * i + 3]];
    pixels[i] = alpha === 0 ? CLEAR : (r << 16) | (g << 8) | b;
    if ((alpha !== 0 && alpha !== 255) || found.add(pixels[i]).size > MOST_COLOURS + 1) return undefined;
  }
  return pixels;
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** The largest number by which a picture can be reduced without loss: it divides the place of every change. */
function repetition(pixels: Int32Array, { width, height }: Size): number {
  let times = gcd(width, height);
  for (let y = 0, i = 0; y < height && times > 1; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (x > 0 && x % times !== 0 && pixels[i] !== pixels[i - 1]) times = gcd(times, x);
      if (y > 0 && y % times !== 0 && pixels[i] !== pixels[i - width]) times = gcd(times, y);
    }
  }
  return times;
}

/** A folder's pictures as pixel art. */
export interface PixelArt {
  /** The smallest that holds all, from 16 to 64 each way, or the one that was asked for. */
  readonly size: Size;
  /** What all pictures' pixels repeat by. */
  readonly times: number;
  /** Six hexadecimal digits each, sorted. */
  readonly palette: readonly string[];
}

/** What was asked for. */
interface Asked {
  readonly size?: Size | undefined;
  /** The colour of what is clear, if it is not to be transparent. */
  readonly ground?: string | undefined;
}

/**
 * All pictures of a folder as pixel art; undefined if one of them is none, if their colours are too many or too few, or if they
 * are larger than the size that was asked for; `large` if they are larger than any.
 */
export function pixelArtOf(sprites: readonly (Sprite | undefined)[], { size: asked, ground }: Asked = {}): PixelArt | "large" | undefined {
  if (sprites.includes(undefined)) return undefined;
  const small = (sprites as readonly Sprite[]).filter((sprite) => sprite !== "large");
  const times = small.reduce((all, sprite) => gcd(all, sprite.times), 0);
  const most = (side: keyof Size): number => small.reduce((most, sprite) => Math.max(most, (sprite[side] * sprite.times) / times), 0);
  const [width, height] = [most("width"), most("height")];
  if (small.length < sprites.length || Math.max(width, height) > MOST) return "large";
  const size = asked ?? { width: Math.max(LEAST, width), height: Math.max(LEAST, height) };
  const found = new Set<string>();
  for (const { rgba, ...sprite } of small) {
    for (let i = 0; i < rgba.length; i += 4) {
      const colour = rgba[i + 3] > 0 ? colourText([rgba[i], rgba[i + 1], rgba[i + 2]]) : ground;
      if (colour !== undefined) found.add(colour);
    }
    const fills = sprite.width * sprite.times === size.width * times && sprite.height * sprite.times === size.height * times;
    if (ground !== undefined && !fills) found.add(ground);
  }
  const fits = found.size >= FEWEST_COLOURS && found.size <= MOST_COLOURS && width <= size.width && height <= size.height;
  return fits ? { size, times, palette: [...found].sort() } : undefined;
}

/** A picture as the network learns it, RGBA bytes of the size of all: in the middle, beside transparency, unscaled. */
export function placedSprite(sprite: Exclude<Sprite, "large">, { size, times }: PixelArt): Uint8Array {
  const repeated = sprite.times / times;
  const [left, top] = (["width", "height"] as const).map((side) => Math.floor((size[side] - repeated * sprite[side]) / 2));
  const out = new Uint8Array(4 * size.width * size.height);
  for (let y = 0; y < repeated * sprite.height; y++) {
    for (let x = 0; x < repeated * sprite.width; x++) {
      const from = 4 * (Math.floor(y / repeated) * sprite.width + Math.floor(x / repeated));
      out.set(sprite.rgba.subarray(from, from + 4), 4 * ((top + y) * size.width + left + x));
    }
  }
  return out;
}
