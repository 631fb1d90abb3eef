/** Decodes one image: from its file's bytes to pixels of the training size. */
import { expectInstalled } from "../cli/peers.ts";
import type { ConversionSettings } from "./conversion.ts";
import { Unusable } from "./source.ts";

export interface DecodedImage {
  /** RGB, [H, W, 3]. */
  readonly pixels: Uint8Array;
  /** Size as stored, after the EXIF rotation. */
  readonly width: number;
  readonly height: number;
  /** Whether red, green and blue are equal everywhere. */
  readonly isGrey: boolean;
}

/**
 * `cut`: if given, only the central square of this side, in pixels, is used. Rejects with an Unusable for bytes that
 * are not an image.
 */
export type Decode = (bytes: Uint8Array, settings: ConversionSettings, cut?: number) => Promise<DecodedImage>;

/** Larger images are skipped: 100 megapixels. */
const MAX_PIXELS = 1e8;
const FORMATS: ReadonlySet<string> = new Set(["png", "jpeg", "webp", "gif", "heif"]);

/** Loads the decoding library. Throws a UserError if it is not installed. */
export async function imageDecoder(): Promise<Decode> {
  expectInstalled("reading image files", ["sharp"]);
  const { default: sharp } = await import("sharp");
  // Decodes many small images in parallel, each on one thread. None is decoded twice, so nothing is cached.
  sharp.concurrency(1);
  sharp.cache(false);

  /** First frame, rotated by its EXIF orientation, in sRGB with 8 bits per channel. */
  return async (bytes, { width, height, crop, background }, cut) => {
    if (bytes.length === 0) throw new Unusable("empty");
    const failed = (error: Error): never => {
      throw new Unusable(
        error.message.includes("pixel limit") ? `larger than ${MAX_PIXELS / 1e6} megapixels` : "damaged or in another format",
      );
    };
    const { format, autoOrient: stored } = await sharp(bytes, { limitInputPixels: MAX_PIXELS }).metadata().catch(failed);
    if (!FORMATS.has(format)) throw new Unusable("damaged or in another format");

    let image = sharp(bytes, { failOn: "error", limitInputPixels: MAX_PIXELS }).autoOrient();
    const fill = `#${background}`;
    const square = cut === undefined ? stored : middle(stored, { width: cut, height: cut });
    if (crop === "center") {
      const { width: keptWidth, height: keptHeight } = middle(square, { width, height });
      const [left, top] = [Math.floor((width - keptWidth) / 2), Math.floor((height - keptHeight) / 2)];
      image = image.extract(middle(stored, { width: keptWidth, height: keptHeight })).extend({
        ...{ left, top, right: width - keptWidth - left, bottom: height - keptHeight - top },
        background: fill,
      });
    } else {
      if (cut !== undefined) image = image.extract(middle(stored, square));
      image = image.resize({ width, height, fit: crop, background: fill });
    }
    const pixels = await image.flatten({ background: fill }).toColourspace("srgb").raw().toBuffer().catch(failed);
    return { pixels, width: stored.width, height: stored.height, isGrey: isGrey(pixels) };
  };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The middle of an image, of the wanted size or, where the image is smaller, of its own. */
function middle(image: Size, wanted: Size): Size & { left: number; top: number } {
  const width = Math.min(image.width, wanted.width);
  const height = Math.min(image.height, wanted.height);
  return { width, height, left: Math.floor((image.width - width) / 2), top: Math.floor((image.height - height) / 2) };
}

function isGrey(rgb: Uint8Array): boolean {
  for (let i = 0; i < rgb.length; i += 3) if (rgb[i] !== rgb[i + 1] || rgb[i] !== rgb[i + 2]) return false;
  return true;
}
