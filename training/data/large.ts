/** Which pictures of a folder a run learns to enlarge from: those whose files are at least four times as large as its images. */
import { ENLARGED } from "../../wasm-model/network/enlarger.ts";
import type { Size } from "../../wasm-model/network/spec.ts";
import { evenly } from "../network/draw.ts";
import type { ConversionSettings } from "./conversion.ts";

/** More would teach an enlarger no more in its few steps, and take memory: 49 kB each at 128x128. */
const MOST = 400;

/** Whether a file has the pixels of a picture that is four times as large. One that is cut out unscaled never has. */
export function isLarge(file: Size, { width, height, crop }: ConversionSettings): boolean {
  const [across, down] = [file.width >= ENLARGED * width, file.height >= ENLARGED * height];
  return crop === "cover" ? across && down : crop === "contain" && (across || down);
}

/** At most 400 of these, evenly chosen. */
export const chosen = <T>(files: readonly T[]): T[] => evenly(files.length, MOST).map((i) => files[i]);
