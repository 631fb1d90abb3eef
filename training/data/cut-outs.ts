/**
 * Transparent pictures: whether a folder's are, the ground that its network sees them on, and how they look there; the same in
 * Node and in a page. A picture is RGBA bytes [H, W, 4], its colours not multiplied by alpha.
 */
import type { Size } from "../../wasm-model/network/spec.ts";
import { type Colour, parseColour } from "../../wasm-model/request/colours.ts";

export const WHITE = "ffffff";

/** The grounds to choose from where white hides silhouettes: six hexadecimal digits. A colour is read best at the corners of the cube. */
const OTHERS = ["000000", "00ff00", "ff00ff", "00ffff", "0000ff", "ff0000", "ffff00"];

/** The ground of six hexadecimal digits. */
export const groundOfHex = (hex: string): Colour => parseColour(hex)!;

/** A pixel with less alpha is rather clear than not. */
export const HALF = 128;

/** Whether a picture has transparent pixels: some are clear. Padding is none of it. */
export function isTransparent(rgba: Uint8Array): boolean {
  for (let i = 3; i < rgba.length; i += 4) if (rgba[i] < HALF) return true;
  return false;
}

/** Whether a model of these pictures cuts out: most of them have transparent pixels. */
export const areTransparent = (pictures: readonly { readonly isTransparent: boolean }[]): boolean =>
  2 * pictures.filter((picture) => picture.isTransparent).length > pictures.length;

/** The picture on a ground, as RGB bytes [H, W, 3]. */
export function onGround(rgba: Uint8Array, hex: string): Uint8Array {
  const ground = groundOfHex(hex);
  const rgb = new Uint8Array((3 * rgba.length) / 4);
  for (let from = 0, to = 0; from < rgba.length; from += 4) {
    const alpha = rgba[from + 3];
    for (let c = 0; c < 3; c++) rgb[to++] = Math.round((rgba[from + c] * alpha + ground[c] * (255 - alpha)) / 255);
  }
  return rgb;
}

export const alphaOf = (rgba: Uint8Array): Uint8Array => Uint8Array.from({ length: rgba.length / 4 }, (_, i) => rgba[4 * i + 3]);

/** A colour that differs from the ground by less than this, of the most that one can, is hidden by it. */
const HIDDEN = 0.25;
/** A ground may hide this share of the pixels beside transparency. */
const MAY_HIDE = 0.05;

/**
 * The ground of transparent pictures of one size: white, unless it hides silhouettes (white outlines, pale glass); then the one of a
 * few colours that hides least of them.
 */
export function chooseGround(pictures: readonly Uint8Array[], size: Size): string {
  const edges = new Map<number, number>();
  for (const rgba of pictures) countEdges(rgba, size, edges);
  const all = [...edges.values()].reduce((sum, count) => sum + count, 0);
  const hiddenBy = (hex: string): number => {
    const ground = groundOfHex(hex);
    let hidden = 0;
    for (const [colour, count] of edges) if (contrast(colour, ground) < HIDDEN) hidden += count;
    return hidden / all;
  };
  if (all === 0 || hiddenBy(WHITE) <= MAY_HIDE) return WHITE;
  const shares = [WHITE, ...OTHERS].map((hex) => ({ hex, hidden: hiddenBy(hex) }));
  return shares.reduce((best, one) => (one.hidden < best.hidden ? one : best)).hex;
}

/** How far a colour is from a ground, from 0 to 1: the least alpha that a pixel of that colour can have on it. */
const contrast = (colour: number, ground: Colour): number =>
  Math.max(...ground.map((g, c) => Math.abs(((colour >> (16 - 8 * c)) & 255) - g) / Math.max(g, 255 - g)));

/** The grounds of pixel art, the first choice first: colours that are read well beside black, white and what is drawn in between. */
const KEYS = ["00ff00", "ff00ff", "00ffff", "ffff00", "0000ff", "ff0000"];
/** How far a key is at least from each colour of the palette, in steps of 255. */
const FAR = 60;

/** Whether a ground is told from all colours of a palette, so that what is drawn in it is clear. */
const isKey = (ground: string, palette: readonly string[]): boolean =>
  KEYS.includes(ground) &&
  palette.every((colour) => Math.hypot(...groundOfHex(colour).map((value, c) => value - groundOfHex(ground)[c])) >= FAR);

/** What decides how images are cut out. */
export interface OnGround {
  readonly palette?: readonly string[] | undefined;
  readonly pictures: { readonly transparent: boolean; readonly background: string };
}

/** Whether images are cut out by a matte: on a key they need none. */
export const needsMatte = ({ palette, pictures: { transparent, background } }: OnGround): boolean =>
  transparent && !(palette && isKey(background, palette));

/** Images [N, H, W, 3] for people to look at: on a key they stand on white. */
export function onWhite(images: Uint8Array, { palette, pictures }: Partial<OnGround>): Uint8Array {
  if (!palette || !pictures?.transparent || needsMatte({ palette, pictures })) return images;
  const [red, green, blue] = groundOfHex(pictures.background);
  const shown = images.slice();
  for (let i = 0; i < images.length; i += 3)
    if (images[i] === red && images[i + 1] === green && images[i + 2] === blue) shown.fill(255, i, i + 3);
  return shown;
}

/** The ground of transparent pixel art of this palette, if there is a key for it. */
export const chooseKey = (palette: readonly string[]): string | undefined => KEYS.find((ground) => isKey(ground, palette));

/** Adds the colours of a picture's pixels that are beside transparent ones. */
function countEdges(rgba: Uint8Array, { width, height }: Size, counts: Map<number, number>): void {
  const isClear = (x: number, y: number): boolean => x >= 0 && y >= 0 && x < width && y < height && rgba[4 * (y * width + x) + 3] < HALF;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 4) {
      if (rgba[i + 3] < HALF || !(isClear(x - 1, y) || isClear(x + 1, y) || isClear(x, y - 1) || isClear(x, y + 1))) continue;
      const colour = (rgba[i] << 16) | (rgba[i + 1] << 8) | rgba[i + 2];
      counts.set(colour, (counts.get(colour) ?? 0) + 1);
    }
  }
}
