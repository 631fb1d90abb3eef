/** How a folder's decoded pictures become images of one size: as pixel art, cut out or opaque, and on which ground. */
import { type ConversionSettings, DEFAULT_SIZE } from "./conversion.ts";
import { areTransparent, onGround, WHITE } from "./cut-outs.ts";
import type { Decode, DecodedImage } from "./decode.ts";
import { drawnSize, learnedLook, MOST_COLOURS, namesOf, pixelArtOf, type Sprite, sizeOfAll } from "./pixel-art.ts";

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
  const { transparent = areTransparent(found), width, height, crop, background, pixelArt, colours = MOST_COLOURS } = given;
  const asked = { ground: transparent ? undefined : (background ?? WHITE), words: WORDS };
  const wanted = width === undefined || height === undefined ? undefined : { width, height };
  const isScaled = pixelArt === false || (crop ?? "center") !== "center"; // which pixel art is not
  const art = isScaled ? undefined : pixelArtOf(found, { ...asked, size: wanted, colours });
  const isArt = typeof art === "object";
  const [first, own] = [firstSettings(given), pixelArt && !wanted && !crop && sizeOfAll(found)];
  const unscaled = isArt ? art.size : own;
  const size: Size = unscaled ? { ...unscaled, crop: "center" } : transparent && !crop ? { ...first, crop: "contain" } : first;
  const isCut = size.crop !== first.crop && found.some((picture) => picture.width * size.height !== picture.height * size.width);
  const anew = isArt ? found.filter((picture) => art.odd.has(picture)) : own || isCut ? found : [];
  const scaled = new Map((await again(anew, isArt ? { ...size, crop: "contain" } : size)).map((picture) => [picture.path, picture]));
  const look = learnedLook(found, art, ({ path, rgba }) => scaled.get(path)?.rgba ?? rgba, {
    ...asked,
    ...{ size, background, colours: pixelArt ? colours : undefined },
  });

  const notes: string[] = [];
  if (transparent) {
    const why = look.ground === WHITE || look.palette ? "" : ` (it learns them on ${look.ground}, since white would hide their outlines)`;
    const opaque = found.filter((picture) => !picture.isTransparent);
    const but = opaque.length > 0 ? `; opaque are ${namesOf(opaque)}` : "";
    notes.push(`${found.length - opaque.length} of ${found.length} pictures are transparent: what it draws is cut out, too${why}${but}`);
  }
  const images = found.map((picture) => {
    const rgba = look.rgbaOf(picture);
    const { width, height } = isArt && !art.odd.has(picture) ? drawnSize(picture.sprite as Sprite, art) : picture;
    return { rgba, width, height, pixels: onGround(rgba, look.ground) };
  });
  const { ground, palette } = look;
  const kept = { background: ground, transparent, pixelArt: palette !== undefined, ...(palette && { colours: given.colours }) };
  const settings = { ...size, ...kept };
  return { images, settings, palette, notes: [...notes, ...look.notes] };
}

const WORDS = { asTheyAre: "`--colours all`", asPixelArt: `\`--colours ${MOST_COLOURS}\`` };
