/** The pictures of a folder that a run learns to enlarge from: those whose files are at least four times as large as its images. */
import { ENLARGED } from "../../wasm-model/network/finishers.ts";
import type { Size } from "../../wasm-model/network/spec.ts";
import { evenly } from "../network/draw.ts";

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
