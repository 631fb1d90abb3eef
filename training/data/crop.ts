/** How pictures of any shape fit into images of one size, and what of them is lost: the same in Node and in a page. */
import type { Size } from "../../wasm-model/network/spec.ts";

/**
 * cover: scale until it fills the wanted size, and cut off the rest; contain: scale until it fits in, and pad; center:
 * cut out the middle without scaling, and pad where the image is smaller.
 */
export const CROPS = ["cover", "contain", "center"] as const;
export type CropWay = (typeof CROPS)[number];

/** The share of a picture that is cut off, from 0 to 1. */
export function lostShare(picture: Size, { width, height, crop }: Size & { readonly crop: CropWay }): number {
  if (crop === "contain") return 0;
  const scale = crop === "cover" ? Math.max(width / picture.width, height / picture.height) : 1;
  return 1 - Math.min(1, width / (scale * picture.width)) * Math.min(1, height / (scale * picture.height));
}

/** A smaller share is not worth a word: it may be by rounding. */
const WORTH_A_WORD = 0.05;

/** Of these pictures, how many are cut so that it matters, and the largest share of one that is lost. */
export function cutPictures(pictures: readonly Size[], settings: Size & { readonly crop: CropWay }): { count: number; most: number } {
  const shares = pictures.map((picture) => lostShare(picture, settings)).filter((share) => share > WORTH_A_WORD);
  return { count: shares.length, most: Math.max(0, ...shares) };
}
