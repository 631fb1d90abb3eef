/** What is edited on /repaint: a picture and a mask, both of which the address holds behind its `#`. */
import type { Pixels } from "../../../wasm-model/render/image/png.ts";
import { bytesIn, packed, textOf, unpacked } from "./bits.ts";

export interface Size {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

export interface Sheet {
  /** Undefined where the picture is the one of the seed `from`. */
  readonly image: Uint8Array | undefined;
  /** 255 is open, 0 is kept. */
  readonly mask: Uint8Array;
}

/** The mask of an address without one: the lower half is open. */
const halfOpen = ({ width, height }: Size): Uint8Array => new Uint8Array(width * height).fill(255, width * Math.floor(height / 2));

/** Throws an error with a sentence for visitors. */
export function sheetIn(hash: string, size: Size): Sheet {
  const given = new URLSearchParams(hash.slice(1));
  const pixels = size.width * size.height;
  const read = (name: string, length: number): Uint8Array | undefined => {
    const text = given.get(name);
    if (text === null) return undefined;
    const bytes = bytesIn(text, length);
    if (!bytes) throw new Error(`The ${name === "mask" ? "mask" : "picture"} in this address is damaged, or of a model of another size.`);
    return bytes;
  };
  const mask = read("mask", Math.ceil(pixels / 8));
  return { image: read("image", pixels * size.channels), mask: mask ? unpacked(mask, pixels) : halfOpen(size) };
}

export function hashOf({ image, mask }: Sheet): string {
  return `#${new URLSearchParams({ mask: textOf(packed(mask)), ...(image && { image: textOf(image) }) })}`;
}

export const pictureOf = (pixels: Uint8Array, { width, height, channels }: Size): Pixels => ({ width, height, channels, pixels });
