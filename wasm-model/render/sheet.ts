/**
 * Many images in one file, with JSON that says where each is: TexturePacker's "JSON hash", which the importers of Phaser, PixiJS and
 * Godot read.
 */
import { MAX_PIXELS } from "../request/options.ts";
import { cellsOf, columnsOf } from "../request/resolve.ts";
import { grid } from "./image/pixels.ts";
import { encodeIndexedPng, encodePng, type Pixels } from "./image/png.ts";

/** An image and the name of its file. */
export interface SheetImage {
  readonly file: string;
  readonly image: Pixels;
}

/** What the JSON says of the sheet. */
export interface SheetOrigin {
  /** The file that it is saved as. */
  readonly file: string;
  readonly model: string;
  /** Of the model. */
  readonly version: string;
  /** Those that all images were drawn with. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** The most images of this size that a file may have. */
export function mostInSheet({ width, height }: Pick<Pixels, "width" | "height">): number {
  let most = Math.floor(MAX_PIXELS / (width * height));
  while (cellsOf(most) * width * height > MAX_PIXELS) most--;
  return most;
}

/** Images of one shape (at least one), as many in a row as in a column, without gaps. Few colours, as of pixel art, make an indexed file. */
export function encodeSheet(
  images: readonly SheetImage[],
  { file, ...origin }: SheetOrigin,
  hasFewColours: boolean,
): { png: Uint8Array<ArrayBuffer>; json: string } {
  const columns = columnsOf(images.length);
  const sheet = grid(images.map(({ image }) => image), columns); // biome-ignore format: one idea
  const { width: w, height: h } = images[0].image;
  const frames = images.map(({ file }, i) => {
    const frame = { x: w * (i % columns), y: h * Math.floor(i / columns), w, h };
    return [file, { frame, rotated: false, trimmed: false, spriteSourceSize: { x: 0, y: 0, w, h }, sourceSize: { w, h } }];
  });
  const size = { w: sheet.width, h: sheet.height };
  const meta = { app: "anneal", ...origin, image: file, format: "RGBA8888", size, scale: "1" };
  return {
    png: (hasFewColours ? encodeIndexedPng : encodePng)(sheet),
    json: `${JSON.stringify({ frames: Object.fromEntries(frames), meta }, null, 1)}\n`,
  };
}
