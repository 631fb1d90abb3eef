/** Decodes one image: from its file's bytes to pixels of the training size. */
import type { Size } from "../../wasm-model/network/spec.ts";
import type { ConversionSettings } from "./conversion.ts";
import { UnusableFile } from "./folder.ts";

export interface DecodedImage {
  /** RGB, [H, W, 3]. */
  readonly pixels: Uint8Array;
  /** Size as stored, after the EXIF rotation. */
  readonly width: number;
  readonly height: number;
  /** Whether red, green and blue are equal everywhere. */
  readonly isGrey: boolean;
}

/** Rejects with an UnusableFile for bytes that are not an image. */
export type Decode = (bytes: Uint8Array, settings: ConversionSettings) => Promise<DecodedImage>;

/** Larger images are skipped: 100 megapixels. */
const MAX_PIXELS = 1e8;
const FORMATS: ReadonlySet<string> = new Set(["png", "jpeg", "webp", "gif", "heif"]);

/** Loads the decoding library. */
export async function imageDecoder(): Promise<Decode> {
  const { default: sharp } = await import("sharp");
  // Decodes many small images in parallel, each on one thread. None is decoded twice, so nothing is cached.
  sharp.concurrency(1);
  sharp.cache(false);

  /** First frame, rotated by its EXIF orientation, in sRGB with 8 bits per channel. */
  return async (bytes, { width, height, crop, background }) => {
    const failed = (error: Error): never => {
      if (error.message.includes("pixel limit")) throw new UnusableFile(`larger than ${MAX_PIXELS / 1e6} megapixels`);
      const said = saidBy(error);
      throw new UnusableFile(said ? `damaged: ${said}` : "in another format");
    };
    const { format, autoOrient: stored } = await sharp(bytes, { limitInputPixels: MAX_PIXELS }).metadata().catch(failed);
    if (!FORMATS.has(format)) throw new UnusableFile("in another format");

    let image = sharp(bytes, { failOn: "error", limitInputPixels: MAX_PIXELS }).autoOrient();
    const fill = `#${background}`;
    if (crop === "center") {
      const kept = middle(stored, { width, height });
      const [left, top] = [Math.floor((width - kept.width) / 2), Math.floor((height - kept.height) / 2)];
      image = image.extract(kept).extend({
        ...{ left, top, right: width - kept.width - left, bottom: height - kept.height - top },
        background: fill,
      });
    } else image = image.resize({ width, height, fit: crop, background: fill });
    const pixels = await image.flatten({ background: fill }).toColourspace("srgb").raw().toBuffer().catch(failed);
    return { pixels, width: stored.width, height: stored.height, isGrey: isGrey(pixels) };
  };
}

/** The last line of what the decoder said; undefined if it does not know the format. */
const saidBy = ({ message }: Error): string | undefined =>
  message.startsWith("Input buffer contains unsupported")
    ? undefined
    : message.slice(message.lastIndexOf("\n") + 1).replace(/^Input buffer.*?: */, "");

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
