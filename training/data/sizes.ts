/** How pictures of any size fit into images of one size, what of them is lost, and which are large enough to learn to enlarge from: the same in Node and in a page. */
import { ENLARGED } from "../../wasm-model/network/finishers.ts";
import type { Size } from "../../wasm-model/network/spec.ts";
import { evenly } from "../network/draw.ts";

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

/** Of these pictures those that are cut so that it matters, and the largest share of one that is lost. */
export function cutPictures<P extends Size>(
  pictures: readonly P[],
  settings: Size & { readonly crop: CropWay },
): { cut: P[]; most: number } {
  const cut = pictures.filter((picture) => lostShare(picture, settings) > WORTH_A_WORD);
  return { cut, most: Math.max(0, ...cut.map((picture) => lostShare(picture, settings))) };
}

/** A picture of native size, reduced as those of the network are, and four times as large, as RGBA bytes. */
export interface LargePicture {
  readonly small: Uint8Array;
  readonly large: Uint8Array;
}

/** On a ground of six hexadecimal digits, from which they are cut out or not. */
export interface LargePictures {
  readonly pictures: readonly LargePicture[];
  readonly background: string;
  readonly isCutOut: boolean;
}

/** More would teach an enlarger no more in its few steps, and take memory: 49 kB each at 128x128. */
const MOST = 400;

/** Whether a file has the pixels of a picture that is four times as large. One that is cut out unscaled never has. */
export function isLarge(file: Size, { width, height, crop }: Size & { readonly crop: string }): boolean {
  const [across, down] = [file.width >= ENLARGED * width, file.height >= ENLARGED * height];
  return crop === "cover" ? across && down : crop === "contain" && (across || down);
}

/** At most 400 of these, or `most`, evenly chosen. */
export const evenlyChosen = <T>(files: readonly T[], most = MOST): T[] => evenly(files.length, most).map((i) => files[i]);
