/**
 * Pixel art: pictures of few colours whose pixels are clear or opaque. They are learned at the size that they were drawn at, never
 * blended: the same in Node and in a page. A picture is RGBA bytes [H, W, 4].
 */
import type { Size } from "../../wasm-model/network/spec.ts";
import { colourText } from "../../wasm-model/request/colours.ts";
import { listed } from "../../wasm-model/schema/text.ts";

/** Colours of a palette, over all pictures of a folder. */
const [FEWEST_COLOURS, MOST_COLOURS] = [2, 64];
/** Width and height of what is learned as pixel art. */
const [LEAST, MOST] = [16, 64];
/** Larger pictures are not looked at: those of 64 pixels, each drawn as 16x16. */
export const MOST_ENLARGED = 16 * MOST;

/** A picture of few colours, without what repeats. */
export type Sprite = Size & {
  readonly rgba: Uint8Array /** How often each of its pixels stands beside itself in the file. */;
  readonly times: number;
};

/** What keeps a picture, and so its folder, from being pixel art. */
const FAULTS = {
  large: `of more than ${MOST} pixels each way`,
  huge: `of more than ${MOST_ENLARGED} pixels each way`,
  colours: `of more than ${MOST_COLOURS} colours`,
  shadow: "with half-transparent pixels",
  inexact: "without exact colours, such as JPEG files",
} as const;
export type SpriteFault = keyof typeof FAULTS;

export function spriteOf(rgba: Uint8Array, { width, height }: Size): Sprite | SpriteFault {
  const pixels = coloursOf(rgba);
  if (typeof pixels === "string") return pixels;
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

/** The colour of each pixel as a number, or CLEAR. */
function coloursOf(rgba: Uint8Array): Int32Array | "colours" | "shadow" {
  const found = new Set<number>();
  const pixels = new Int32Array(rgba.length / 4);
  for (let i = 0; i < pixels.length; i++) {
    const [r, g, b, alpha] = [rgba[4 * i], rgba[4 * i + 1], rgba[4 * i + 2], rgba[4 * i + 3]];
    if (alpha !== 0 && alpha !== 255) return "shadow";
    pixels[i] = alpha === 0 ? CLEAR : (r << 16) | (g << 8) | b;
    if (alpha > 0 && found.add(pixels[i]).size > MOST_COLOURS) return "colours";
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

/** A picture as a sprite, or what keeps it from being one. */
export interface SeenPicture {
  readonly path: string;
  /** By default `inexact`. */
  readonly sprite?: Sprite | SpriteFault | undefined;
}

/** Drawn pixel by pixel, so many pixels or more have one colour on average; of very small pictures any has few colours. */
const PIXELS_OF_COLOUR = 8;

function isPlain({ sprite }: SeenPicture): boolean {
  if (typeof sprite !== "object") return false;
  const pixels = new Uint32Array(sprite.rgba.slice().buffer);
  return PIXELS_OF_COLOUR * new Set(pixels).size <= pixels.length;
}

/** Many greys are the edges of smooth drawings. */
const isGreyText = (colour: string): boolean => colour.slice(0, 2) === colour.slice(2, 4) && colour.slice(2, 4) === colour.slice(4);

/** Names of files in a sentence. */
const MOST_NAMES = 3;
const namesOf = (paths: readonly string[]): string => listed(paths.map((path) => `"${path}"`), MOST_NAMES); // biome-ignore format: short

/**
 * All pictures of a folder as pixel art. Where most could be some, but not all, or not in one palette: why not, with the names of
 * files. Undefined for other pictures, for those of one colour, and where they are larger than the size that was asked for.
 */
export function pixelArtOf(pictures: readonly SeenPicture[], { size: asked, ground }: Asked = {}): PixelArt | string | undefined {
  const sprites = pictures.flatMap(({ path, sprite }) => (typeof sprite === "object" ? [{ path, ...sprite }] : []));
  const times = sprites.reduce((all, sprite) => gcd(all, sprite.times), 0);
  const sideOf = (sprite: Sprite, side: keyof Size): number => (sprite[side] * sprite.times) / times;
  const isLarge = (sprite: Sprite): boolean => Math.max(sideOf(sprite, "width"), sideOf(sprite, "height")) > MOST;
  const faultOf = ({ sprite = "inexact" }: SeenPicture) => (typeof sprite === "string" ? sprite : isLarge(sprite) ? "large" : undefined);
  const faults = (Object.keys(FAULTS) as SpriteFault[]).flatMap((fault) => {
    const paths = pictures.filter((picture) => faultOf(picture) === fault).map(({ path }) => path);
    return paths.length > 0 ? [{ fault, paths }] : [];
  });
  const isNearly = (): boolean =>
    2 * pictures.filter((picture) => faultOf(picture) === "large" || isPlain(picture)).length > pictures.length;
  const reasons = faults.map(({ fault, paths }) => `${paths.length} of ${pictures.length} pictures ${FAULTS[fault]} (${namesOf(paths)})`);
  if (reasons.length > 0) return isNearly() ? `not learned as pixel art: ${reasons.join("; ")}` : undefined;

  const most = (side: keyof Size): number => Math.max(...sprites.map((sprite) => sideOf(sprite, side)));
  const [width, height] = [most("width"), most("height")];
  const size = asked ?? { width: Math.max(LEAST, width), height: Math.max(LEAST, height) };
  if (width > size.width || height > size.height) return undefined;
  /** By colour, the only picture that has it, if there is but one. */
  const owners = new Map<string, string | undefined>();
  const count = (colour: string, path?: string) => owners.set(colour, owners.has(colour) && owners.get(colour) !== path ? undefined : path);
  for (const { path, rgba, ...sprite } of sprites) {
    for (let i = 0; i < rgba.length; i += 4) {
      const colour = rgba[i + 3] > 0 ? colourText([rgba[i], rgba[i + 1], rgba[i + 2]]) : ground;
      if (colour !== undefined) count(colour, path);
    }
    const fills = sprite.width * sprite.times === size.width * times && sprite.height * sprite.times === size.height * times;
    if (ground !== undefined && !fills) count(ground);
  }
  const palette = [...owners.keys()].sort();
  if (palette.length < FEWEST_COLOURS) return undefined;
  if (palette.length <= MOST_COLOURS) return { size, times, palette };
  if (palette.every(isGreyText) || !isNearly()) return undefined;
  const own = new Map(sprites.map(({ path }) => [path, 0]));
  for (const path of owners.values()) if (path !== undefined) own.set(path, own.get(path)! + 1);
  const paths = [...own].filter(([, colours]) => colours > 0).sort(([, a], [, b]) => b - a).map(([path]) => path).slice(0, MOST_NAMES); // biome-ignore format: a chain
  const whose = paths.length > 0 ? `, most of their own in ${namesOf(paths)}` : "";
  return `not learned as pixel art: ${palette.length} colours in all, where ${MOST_COLOURS} are the most${whose}`;
}

/** A picture as the network learns it, RGBA bytes of the size of all: in the middle, beside transparency, unscaled. */
export function placedSprite(sprite: Sprite, { size, times }: PixelArt): Uint8Array {
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
