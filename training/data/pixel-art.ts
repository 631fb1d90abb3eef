/**
 * Pixel art: small pictures with hard edges, drawn pixel by pixel. A folder of it is learned at the size that it was drawn at, in one
 * palette, never blended: the same in Node and in a page. A picture is RGBA bytes [H, W, 4].
 */
import type { Size } from "../../wasm-model/network/spec.ts";
import { counted, listed } from "../../wasm-model/schema/text.ts";
import { chooseGround, chooseKey } from "./cut-outs.ts";
import { paletteFilter, paletteOf, type SharedPalette } from "./palette.ts";

/** Colours of a palette. */
export const [FEWEST_COLOURS, MOST_COLOURS] = [2, 64];
/** Width and height of what is learned as pixel art. */
const [LEAST, MOST] = [16, 64];
/** Larger pictures are not looked at: those of 64 pixels, each drawn as 16x16. */
export const MOST_ENLARGED = 16 * MOST;

/** The share of half-transparent pixels that a picture may have; any share if they have few opacities, as shadows and ghosts do. */
const [MOST_SOFT, MOST_OPACITIES] = [0.05, 10];
/** A picture with a smaller share of clear pixels is opaque. */
const LEAST_CLEAR = 0.05;
/** Opaque pictures that are drawn pixel by pixel have, on average, so many pixels or more of a colour. */
const PIXELS_OF_COLOUR = 8;
/** The share of a folder's pictures that are pixel art where it is learned as such. */
const LEAST_ART = 0.75;

/** A picture without what repeats. */
export type Sprite = Size & {
  readonly rgba: Uint8Array /** How often each of its pixels stands beside itself in the file. */;
  readonly times: number;
};

/** What keeps a picture from being pixel art. */
const FAULTS = {
  inexact: "without exact colours, such as JPEG files",
  large: `of more than ${MOST} pixels each way`,
  shadow: "with soft edges",
  colours: "of too many colours",
} as const;
export type SpriteFault = keyof typeof FAULTS;

export function spriteOf(rgba: Uint8Array, { width, height }: Size): Sprite | SpriteFault {
  const pixels = new Uint32Array(rgba.slice().buffer);
  for (let i = 0; i < pixels.length; i++) if (rgba[4 * i + 3] === 0) pixels[i] = 0;
  const times = repetition(pixels, { width, height });
  const small = { width: width / times, height: height / times };
  const kept = new Uint32Array(small.width * small.height);
  for (let y = 0, to = 0; y < height; y += times) for (let x = 0; x < width; x += times) kept[to++] = pixels[y * width + x];
  const { colours, isSoft, isOpaque } = looksOf(kept);
  const isLarge = Math.max(small.width, small.height) > MOST;
  if (isSoft) return "shadow";
  if (colours > MOST_COLOURS && (isOpaque || isLarge)) return "colours";
  return isLarge ? "large" : { ...small, rgba: new Uint8Array(kept.buffer), times };
}

/** What tells whether a picture was drawn pixel by pixel: of RGBA pixels as numbers, 0 where they are clear. */
function looksOf(pixels: Uint32Array) {
  const [colours, opacities] = [new Set<number>(), new Set<number>()];
  let [clear, soft] = [0, 0];
  for (const pixel of pixels) {
    const alpha = pixel >>> 24;
    if (alpha === 255) colours.add(pixel);
    else if (alpha === 0) clear++;
    else {
      soft++;
      opacities.add(alpha);
    }
  }
  const isSoft = soft > MOST_SOFT * pixels.length && opacities.size > MOST_OPACITIES;
  return { colours: colours.size, isSoft, isOpaque: clear < LEAST_CLEAR * pixels.length };
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** The largest number by which a picture can be reduced without loss: it divides the place of every change. */
function repetition(pixels: Uint32Array, { width, height }: Size): number {
  let times = gcd(width, height);
  for (let y = 0, i = 0; y < height && times > 1; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (x > 0 && x % times !== 0 && pixels[i] !== pixels[i - 1]) times = gcd(times, x);
      if (y > 0 && y % times !== 0 && pixels[i] !== pixels[i - width]) times = gcd(times, y);
    }
  }
  return times;
}

/** What was asked for. */
interface Asked {
  readonly size?: Size | undefined;
  /** The colour of what is clear, if it is not to be transparent. */
  readonly ground?: string | undefined;
  /** The most colours. */
  readonly colours?: number | undefined;
  /** What keeps the colours as they are, and what makes pixel art of any picture, in a few words. */
  readonly words: { readonly asTheyAre: string; readonly asPixelArt: string };
}

/** A picture as a sprite, or what keeps it from being one. */
export interface SeenPicture {
  readonly path: string;
  /** By default `inexact`. */
  readonly sprite?: Sprite | SpriteFault | undefined;
}

/** A folder's pictures as pixel art. */
export interface PixelArt {
  /** The smallest that holds all, from 16 to 64 each way, or the one that was asked for. */
  readonly size: Size;
  /** What all pictures' pixels repeat by. */
  readonly times: number;
  /** Six hexadecimal digits each, sorted. */
  readonly palette: readonly string[];
  /** The pictures that are none: they are scaled to the size, and have the palette of the others. */
  readonly odd: ReadonlySet<SeenPicture>;
  /** What their owner should know, a line each; the first on the palette. */
  readonly notes: readonly string[];
}

/** Names of files in a sentence. */
const MOST_NAMES = 3;
export const namesOf = (files: readonly { readonly path: string }[]): string =>
  listed(
    files.map(({ path }) => `"${path}"`),
    MOST_NAMES,
  );

/**
 * All pictures of a folder as pixel art, if three quarters of them are some. Where half of them are: why it is not learned as such, with
 * the names of files. Undefined for other pictures, and where they are larger than the size that was asked for.
 */
export function pixelArtOf<P extends SeenPicture>(
  pictures: readonly P[],
  { size: asked, ground, colours: most = MOST_COLOURS, words }: Asked,
): PixelArt | string | undefined {
  type Drawn = P & { readonly sprite: Sprite };
  const drawn = pictures.filter((picture): picture is Drawn => typeof picture.sprite === "object");
  const times = commonTimes(drawn.map(({ sprite }) => sprite));
  const faultOf = ({ sprite = "inexact" }: SeenPicture) =>
    typeof sprite === "string" ? sprite : isWithin(sprite, times) ? "colours" : "large";

  const artOf = (chosen: readonly Drawn[]): PixelArt | string | undefined => {
    const odd = new Set(pictures);
    for (const picture of chosen) odd.delete(picture);
    const faults = [...new Set([...odd].map(faultOf))].map((fault) => {
      const those = [...odd].filter((picture) => faultOf(picture) === fault);
      return `${those.length} ${FAULTS[fault]} (${namesOf(those)})`;
    });
    const which = `${chosen.length} of ${counted(pictures.length, "picture")} are pixel art; ${faults.join(", ")}`;
    if (chosen.length === 0 || chosen.length < LEAST_ART * pictures.length) {
      const isNearly = 2 * [...chosen, ...[...odd].filter((one) => faultOf(one) === "large")].length > pictures.length;
      return isNearly ? `not learned as pixel art: ${which}; ${words.asPixelArt} learns all as such` : undefined;
    }
    const drawings = chosen.map(({ sprite }) => drawnSize(sprite, { times }));
    const size = asked ?? sizeOfAll(drawings)!;
    if (drawings.some(({ width, height }) => width > size.width || height > size.height)) return undefined;
    const palette = paletteOf(placedSprites(chosen, { size, times }), most, ground);
    if (palette.colours.length < FEWEST_COLOURS) return undefined;
    if (palette.found > MOST_COLOURS && !chosen.every(isPlain)) return artOf(chosen.filter(isPlain));
    const note = describePalette(palette, chosen.length, size, words.asTheyAre);
    const notes = odd.size > 0 ? [note, `${which}: learned in the palette of the others`] : [note];
    return { size, times, palette: palette.colours, odd, notes };
  };
  return artOf(drawn.filter(({ sprite }) => isWithin(sprite, times)));
}

/** The smallest size of pixel art that holds all of these; undefined if it is too large. */
export function sizeOfAll(pictures: readonly Size[]): Size | undefined {
  const [width, height] = (["width", "height"] as const).map((side) => Math.max(LEAST, ...pictures.map((picture) => picture[side])));
  return Math.max(width, height) <= MOST ? { width, height } : undefined;
}

/** What all repeat by; where that makes some too large, what most do. */
function commonTimes(sprites: readonly Sprite[]): number {
  const all = sprites.reduce((times, sprite) => gcd(times, sprite.times), 0);
  if (sprites.every((sprite) => isWithin(sprite, all))) return all;
  const countOf = (times: number): number => sprites.filter((sprite) => sprite.times === times).length;
  const [most] = [...new Set(sprites.map(({ times }) => times))].sort((a, b) => countOf(b) - countOf(a) || a - b);
  return most;
}

/** How often each pixel of a sprite stands beside itself where pixels are repeated so often in the files. */
const repeats = (sprite: Sprite, times: number): number => (sprite.times % times === 0 ? sprite.times / times : 1);

const isWithin = (sprite: Sprite, times: number): boolean => Math.max(sprite.width, sprite.height) * repeats(sprite, times) <= MOST;

/** The size that a sprite is drawn at where pixels are repeated so often in the files. */
export const drawnSize = (sprite: Sprite, { times }: Pick<PixelArt, "times">): Size => ({
  width: sprite.width * repeats(sprite, times),
  height: sprite.height * repeats(sprite, times),
});

/** Whether a picture has few colours for its pixels, or parts that are clear. */
function isPlain({ sprite }: { readonly sprite: Sprite }): boolean {
  const { isOpaque, colours } = looksOf(pixelsOf(sprite));
  return !isOpaque || PIXELS_OF_COLOUR * colours <= sprite.width * sprite.height;
}

const pixelsOf = ({ rgba }: Sprite): Uint32Array => new Uint32Array(rgba.slice().buffer);

function* placedSprites(pictures: readonly { readonly sprite: Sprite }[], art: Pick<PixelArt, "size" | "times">): Generator<Uint8Array> {
  for (const { sprite } of pictures) yield placedSprite(sprite, art);
}

/** A picture at the size of all, RGBA bytes: in the middle, beside transparency, unscaled. */
export function placedSprite(sprite: Sprite, { size, times }: Pick<PixelArt, "size" | "times">): Uint8Array {
  const [repeated, { width, height }] = [repeats(sprite, times), drawnSize(sprite, { times })];
  const [left, top] = [Math.floor((size.width - width) / 2), Math.floor((size.height - height) / 2)];
  const out = new Uint8Array(4 * size.width * size.height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = 4 * (Math.floor(y / repeated) * sprite.width + Math.floor(x / repeated));
      out.set(sprite.rgba.subarray(from, from + 4), 4 * ((top + y) * size.width + left + x));
    }
  }
  return out;
}

/** How pictures of one size are learned. */
export interface LearnedLook<P> {
  readonly palette: readonly string[] | undefined;
  /** What stands behind them: six hexadecimal digits. */
  readonly ground: string;
  readonly notes: readonly string[];
  /** A picture, RGBA. */
  readonly rgbaOf: (picture: P) => Uint8Array;
}

/**
 * Pictures as pixel art, if they are some or so many `colours` were asked for, else as they are. `scaled`: those that are not drawn
 * pixel by pixel, at this size. What is cut out stands on the `background`, or on one that is chosen.
 */
export function learnedLook<P extends SeenPicture>(
  pictures: readonly P[],
  art: PixelArt | string | undefined,
  scaled: (picture: P) => Uint8Array,
  { size, ground, background = ground, colours, words }: Asked & { readonly size: Size; readonly background?: string | undefined },
): LearnedLook<P> {
  const own = typeof art === "object" ? art : undefined;
  const pixelsOf = (picture: P) => (own && !own.odd.has(picture) ? placedSprite(picture.sprite as Sprite, own) : scaled(picture));
  const shared = own || colours === undefined ? undefined : paletteOf(pictures.map(pixelsOf), colours, ground);
  const palette = own?.palette ?? shared?.colours;
  const filter = palette && paletteFilter(palette);
  const rgbaOf = filter ? (picture: P) => filter(pixelsOf(picture)) : pixelsOf;
  const note = shared ? describePalette(shared, pictures.length, size, words.asTheyAre) : (art as string | undefined);
  const notes = own?.notes ?? (note === undefined ? [] : [note]);
  const hasMany = palette?.length === MOST_COLOURS; // with fewer, white is as good, and what the base knows
  const chosen = background ?? (hasMany ? chooseKey(palette) : undefined) ?? chooseGround(pictures.map(rgbaOf), size);
  return { palette, ground: chosen, notes, rgbaOf };
}

/** What becomes of the colours of so many pictures. */
function describePalette(palette: SharedPalette, count: number, { width, height }: Size, otherwise: string): string {
  const { colours, found, moved, soft } = palette;
  const own = `pixel art of ${found.toLocaleString("en")} colours`;
  if (moved === 0 && soft === 0) return `${own}: it learns and draws these alone, at ${width}x${height}, never blended`;
  const clear = soft > 0 ? `, ${soft} have half-transparent pixels` : "";
  const far = moved > 0 ? `colours move by ${Math.max(1, Math.round(moved))} of 255; ` : "";
  return `${counted(count, "picture")} are ${own}${clear}: learned and drawn in a palette of ${colours.length} with hard edges (${far}${otherwise} keeps them)`;
}
