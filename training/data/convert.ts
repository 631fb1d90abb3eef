/** How a folder's decoded pictures become images of one size: as pixel art, cut out or opaque, and on which ground. */
import { type ConversionSettings, DEFAULT_SIZE } from "./conversion.ts";
import { areTransparent, chooseGround, onGround, WHITE } from "./cut-outs.ts";
import type { Decode, DecodedImage } from "./decode.ts";
import { paletteFilter, paletteOf } from "./palette.ts";
import { describePalette, MOST_COLOURS, namesOf, type PixelArt, pixelArtOf, placedSprite, type Sprite, sizeOfAll } from "./pixel-art.ts";

type Size = Parameters<Decode>[1];
type Given = Partial<ConversionSettings>;

export interface FoundImage extends DecodedImage {
  readonly path: string;
}

/** A picture as the network learns it, on the ground. Width and height are those of its file, of pixel art those of the drawing. */
export interface ConvertedImage extends Pick<DecodedImage, "rgba" | "width" | "height"> {
  /** RGB, [H, W, 3]. */
  readonly pixels: Uint8Array;
}

export interface Converted {
  /** In the order of the pictures. */
  readonly images: readonly ConvertedImage[];
  readonly settings: ConversionSettings;
  readonly palette?: readonly string[] | undefined;
  /** What its owner should know of it, a line each. */
  readonly notes: readonly string[];
}

/** How pictures are decoded before it is known what they are. */
export const firstSettings = ({ width, height, crop = "cover" }: Given): Size =>
  width === undefined || height === undefined ? { ...DEFAULT_SIZE, crop } : { width, height, crop };

/**
 * `found`: pictures decoded by `firstSettings`. `again` decodes some of them by others: transparent ones are kept whole by default, and
 * what is to be pixel art has its own size, if it is small enough.
 */
export async function convertPictures(
  found: readonly FoundImage[],
  given: Given,
  again: (pictures: readonly FoundImage[], settings: Size) => Promise<readonly FoundImage[]>,
): Promise<Converted> {
  const { transparent = areTransparent(found) } = given;
  const art = artOf(found, given, transparent);
  const isArt = typeof art === "object";
  const [first, own] = [firstSettings(given), given.pixelArt && given.width === undefined && !given.crop && sizeOfAll(found)];
  const unscaled = isArt ? art.size : own;
  const size: Size = unscaled ? { ...unscaled, crop: "center" } : transparent && !given.crop ? { ...first, crop: "contain" } : first;
  const isCut = size.crop !== first.crop && found.some(({ width, height }) => width * size.height !== height * size.width);
  let sources: readonly Omit<ConvertedImage, "pixels">[] = !isArt && (own || isCut) ? await again(found, size) : found;
  if (isArt) {
    const odd = found.filter((picture) => art.odd.has(picture));
    const scaled = new Map((await again(odd, { ...art.size, crop: "contain" })).map((picture) => [picture.path, picture]));
    sources = found.map((picture) => scaled.get(picture.path) ?? spriteImage(picture.sprite as Sprite, art));
  }

  const behind = transparent ? undefined : (given.background ?? WHITE);
  const forced = isArt || !given.pixelArt ? undefined : paletteOf(sources.map(({ rgba }) => rgba), given.colours ?? MOST_COLOURS, behind); // biome-ignore format: one idea
  const palette = isArt ? art.palette : forced?.colours;
  if (palette) {
    const filter = paletteFilter(palette);
    sources = sources.map((source) => ({ ...source, rgba: filter(source.rgba) }));
  }
  const { background = transparent ? chooseGround(sources.map(({ rgba }) => rgba), size) : WHITE } = given; // biome-ignore format: one idea

  const notes: string[] = [];
  if (transparent) {
    const why = background === WHITE ? "" : ` (it learns them on ${background}, since white would hide their outlines)`;
    const opaque = found.filter((picture) => !picture.isTransparent);
    const but = opaque.length > 0 ? `; opaque are ${namesOf(opaque)}` : "";
    notes.push(`${found.length - opaque.length} of ${found.length} pictures are transparent: what it draws is cut out, too${why}${but}`);
  }
  if (isArt) notes.push(...art.notes);
  if (typeof art === "string") notes.push(`${art}; \`--colours ${MOST_COLOURS}\` learns all as such`);
  if (forced) notes.push(describePalette(forced, found.length, size, OTHERWISE));
  const settings = { ...size, background, transparent, pixelArt: palette !== undefined, ...(palette && { colours: given.colours }) };
  return { images: sources.map((source) => ({ ...source, pixels: onGround(source.rgba, background) })), settings, palette, notes };
}

/** What keeps the colours of pixel art. */
const OTHERWISE = "`--colours all`";

/** Another crop than that of pixel art asks for none. */
function artOf(found: readonly FoundImage[], given: Given, transparent: boolean): PixelArt | string | undefined {
  const { width, height, crop = "center", pixelArt = true, background = WHITE, colours } = given;
  if (!pixelArt || crop !== "center") return undefined;
  const size = width === undefined || height === undefined ? undefined : { width, height };
  return pixelArtOf(found, { size, ground: transparent ? undefined : background, colours, otherwise: OTHERWISE });
}

const spriteImage = (sprite: Sprite, art: PixelArt) => ({
  rgba: placedSprite(sprite, art),
  width: (sprite.width * sprite.times) / art.times,
  height: (sprite.height * sprite.times) / art.times,
});
