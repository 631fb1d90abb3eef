/** Decodes one image: from its file's bytes to pixels of the training size. */
import type { Sharp } from "sharp";
import type { Size } from "../../wasm-model/network/spec.ts";
import { isTransparent } from "./cut-outs.ts";
import { UnusableFile } from "./folder.ts";
import { MOST_ENLARGED, type SeenPicture, spriteOf } from "./pixel-art.ts";
import type { CropWay } from "./sizes.ts";

export interface DecodedImage {
  /** RGBA, [H, W, 4]; its padding is transparent. */
  readonly rgba: Uint8Array;
  /** Whether the picture itself has transparent pixels. */
  readonly isTransparent: boolean;
  readonly sprite: SeenPicture["sprite"];
  /** Size as stored, after the EXIF rotation. */
  readonly width: number;
  readonly height: number;
}

/** Rejects with an UnusableFile for bytes that are not an image. */
export type Decode = (bytes: Uint8Array, size: Size & { readonly crop: CropWay }) => Promise<DecodedImage>;

/** Larger images are skipped: 100 megapixels. */
const MAX_PIXELS = 1e8;
const FORMATS: ReadonlySet<string> = new Set(["png", "jpeg", "webp", "gif", "heif"]);
/** Those that keep colours exactly. */
const EXACT: ReadonlySet<string> = new Set(["png", "webp", "gif"]);

/** Loads the decoding library. */
export async function imageDecoder(): Promise<Decode> {
  const { default: sharp } = await import("sharp");
  // Decodes many small images in parallel, each on one thread. None is decoded twice, so nothing is cached.
  sharp.concurrency(1);
  sharp.cache(false);
  /** First frame, rotated by its EXIF orientation, in sRGB with 8 bits per channel. Colours are multiplied by alpha while they are resized. */
  return async (bytes, { width, height, crop }) => {
    const failed = (error: Error): never => {
      if (error.message.includes("pixel limit")) throw new UnusableFile(`larger than ${MAX_PIXELS / 1e6} megapixels`);
      const said = saidBy(error);
      throw new UnusableFile(said ? `damaged: ${said}` : "in another format");
    };
    const { format, autoOrient: stored } = await sharp(bytes, { limitInputPixels: MAX_PIXELS }).metadata().catch(failed);
    if (!FORMATS.has(format)) throw new UnusableFile("in another format");

    let image = sharp(bytes, { failOn: "error", limitInputPixels: MAX_PIXELS }).autoOrient();
    let sprite: SeenPicture["sprite"] = EXACT.has(format) ? "colours" : "inexact";
    if (EXACT.has(format) && Math.max(stored.width, stored.height) <= MOST_ENLARGED) {
      const { rgba, ...size } = await rgbaOf(image).catch(failed);
      sprite = spriteOf(rgba, size);
      image = sharp(rgba, { raw: { ...size, channels: 4 } });
    }
    if (crop === "center") image = image.extract(middle(stored, { width, height }));
    else image = image.resize({ width, height, fit: crop === "cover" ? "cover" : "inside" });
    const { rgba, ...size } = await rgbaOf(image).catch(failed);
    return {
      rgba: padded(rgba, size, { width, height }),
      isTransparent: isTransparent(rgba),
      sprite,
      ...{ width: stored.width, height: stored.height },
    };
  };
}

async function rgbaOf(image: Sharp) {
  const { data, info } = await image.toColourspace("srgb").ensureAlpha().raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
  return { rgba: new Uint8Array(data.buffer, data.byteOffset, data.length), width: info.width, height: info.height };
}

/** RGBA [H, W, 4] of a smaller size, as a file is reduced to it. */
export async function reduced(rgba: Uint8Array, { width, height }: Size, to: Size): Promise<Uint8Array> {
  const { default: sharp } = await import("sharp");
  const image = sharp(rgba, { raw: { width, height, channels: 4 } });
  return (await rgbaOf(image.resize({ width: to.width, height: to.height }))).rgba;
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

/** A picture [H, W, 4] in the middle of a larger transparent one. */
function padded(rgba: Uint8Array, { width, height }: Size, wanted: Size): Uint8Array {
  if (width === wanted.width && height === wanted.height) return rgba;
  const [left, top] = [Math.floor((wanted.width - width) / 2), Math.floor((wanted.height - height) / 2)];
  const out = new Uint8Array(4 * wanted.width * wanted.height);
  for (let y = 0; y < height; y++) out.set(rgba.subarray(4 * y * width, 4 * (y + 1) * width), 4 * ((top + y) * wanted.width + left));
  return out;
}
