/** The image and the mask edited at /repaint. The address holds both, after its `#`. */
import type { NativeShape } from "../../../wasm-model/model/card.ts";
import type { Pixels } from "../../../wasm-model/render/image/png.ts";
import { fromBase64Url, toBase64Url } from "./base64url.ts";

export interface Sheet {
  /** Undefined if the image is that of the seed `from`. */
  readonly image: Uint8Array | undefined;
  /** 255 is repainted, 0 is protected. */
  readonly mask: Uint8Array;
}

/** The mask of an address without one: the lower half is repainted. */
const halfOpen = ({ width, height }: NativeShape): Uint8Array => new Uint8Array(width * height).fill(255, width * Math.floor(height / 2));

/** Throws an error with a sentence for visitors. */
export function sheetIn(hash: string, size: NativeShape): Sheet {
  const given = new URLSearchParams(hash.slice(1));
  const pixels = size.width * size.height;
  const read = (name: string, length: number): Uint8Array | undefined => {
    const text = given.get(name);
    if (text === null) return undefined;
    const bytes = fromBase64Url(text);
    if (bytes?.length !== length)
      throw new Error(`The ${name === "mask" ? "mask" : "image"} in this address is damaged, or of a model of another size.`);
    return bytes;
  };
  const mask = read("mask", Math.ceil(pixels / 8));
  return { image: read("image", pixels * size.channels), mask: mask ? unpacked(mask, pixels) : halfOpen(size) };
}

export function hashOf({ image, mask }: Sheet): string {
  return `#${new URLSearchParams({ mask: toBase64Url(packed(mask)), ...(image && { image: toBase64Url(image) }) })}`;
}

export const imageOf = (pixels: Uint8Array, { width, height, channels }: NativeShape): Pixels => ({ width, height, channels, pixels });

/** Packs eight values into a byte, the first in the highest bit; anything but 0 is 1. */
function packed(bits: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  for (const [i, bit] of bits.entries()) if (bit) bytes[i >> 3] |= 128 >> (i & 7);
  return bytes;
}

/** Unpacks `length` bits to 0 and 255. */
const unpacked = (bytes: Uint8Array, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (bytes[i >> 3] & (128 >> (i & 7)) ? 255 : 0));
