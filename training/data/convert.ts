/** How a folder's decoded pictures become images of one size: as pixel art, cut out or opaque, and on which ground. */
import { type ConversionSettings, DEFAULT_SIZE } from "./conversion.ts";
import { areTransparent, chooseGround, onGround, WHITE } from "./cut-outs.ts";
import type { Decode, DecodedImage } from "./decode.ts";
import { type PixelArt, pixelArtOf, placedSprite, type Sprite } from "./pixel-art.ts";

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
  readonly isNearlyArt: boolean;
  /** What its owner should know of it, a line each. */
  readonly notes: readonly string[];
}

/** How pictures are decoded before it is known what they are. */
export const firstSettings = ({ width, height, crop = "cover" }: Given): Size =>
  width === undefined || height === undefined ? { ...DEFAULT_SIZE, crop } : { width, height, crop };

/** `found`: pictures decoded by `firstSettings`. `again` decodes the same ones by others: transparent ones are kept whole by default. */
export async function convertPictures(
  found: readonly FoundImage[],
  given: Given,
  again: (settings: Size) => Promise<readonly FoundImage[]>,
): Promise<Converted> {
  const { transparent = areTransparent(found) } = given;
  const art = artOf(found, given, transparent);
  const isArt = typeof art === "object";
  const first = firstSettings(given);
  const size: Size = isArt ? { ...art.size, crop: "center" } : transparent && !given.crop ? { ...first, crop: "contain" } : first;
  const isCut = size.crop !== first.crop && found.some(({ width, height }) => width * size.height !== height * size.width);
  const sources = isArt ? found.map(({ sprite }) => spriteImage(sprite as Sprite, art)) : isCut ? await again(size) : found;
  const ground = transparent ? chooseGround(sources.map((source) => source.rgba), size) : WHITE; // biome-ignore format: one idea
  const { background = ground } = given;

  const notes: string[] = [];
  const clear = found.filter((picture) => picture.isTransparent).length;
  if (transparent) {
    const why = background === WHITE ? "" : ` (it learns them on ${background}, since white would hide their outlines)`;
    notes.push(`${clear} of ${found.length} pictures are transparent: what it draws is cut out, too${why}`);
  }
  if (isArt)
    notes.push(
      `pixel art of ${art.palette.length} colours: it learns and draws these alone, at ${size.width}x${size.height}, never blended`,
    );
  if (typeof art === "string") notes.push(art);
  return {
    images: sources.map(({ rgba, width, height }) => ({ rgba, width, height, pixels: onGround(rgba, background) })),
    settings: { ...size, background, transparent, pixelArt: isArt },
    palette: isArt ? art.palette : undefined,
    isNearlyArt: typeof art === "string",
    notes,
  };
}

/** Another crop than that of pixel art asks for none. */
function artOf(found: readonly FoundImage[], given: Given, transparent: boolean): PixelArt | string | undefined {
  const { width, height, crop = "center", pixelArt = crop === "center", background = WHITE } = given;
  if (!pixelArt) return undefined;
  const size = width === undefined || height === undefined ? undefined : { width, height };
  return pixelArtOf(found, { size, ground: transparent ? undefined : background });
}

const spriteImage = (sprite: Sprite, art: PixelArt) => ({
  rgba: placedSprite(sprite, art),
  width: (sprite.width * sprite.times) / art.times,
  height: (sprite.height * sprite.times) / art.times,
});
