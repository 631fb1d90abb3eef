/** The pictures of a folder at four times the size that a run learns them at, from which it learns to enlarge. */
import { ENLARGED } from "../../wasm-model/network/enlarger.ts";
import type { Size } from "../../wasm-model/network/spec.ts";
import { evenly } from "../network/draw.ts";
import type { ConversionSettings } from "./conversion.ts";
import { imageDecoder } from "./decode.ts";
import { imageFolder } from "./folder.ts";

/** More would teach an enlarger no more in its few steps, and take memory: 49 kB each at 128x128. */
const MOST = 400;

/** Whether a file has the pixels of a picture that is four times as large. One that is cut out unscaled never has. */
export function isLarge(file: Size, { width, height, crop }: ConversionSettings): boolean {
  const [across, down] = [file.width >= ENLARGED * width, file.height >= ENLARGED * height];
  return crop === "cover" ? across && down : crop === "contain" && (across || down);
}

/** At most 400 of these, evenly chosen. */
export const chosen = <T>(files: readonly T[]): T[] => evenly(files.length, MOST).map((i) => files[i]);

/** The pictures in these files of a folder as bytes [N, 4H, 4W, channels]. */
export async function largePictures(place: string, paths: readonly string[], settings: ConversionSettings, channels: number) {
  const [width, height] = [ENLARGED * settings.width, ENLARGED * settings.height];
  const [decode, folder] = [await imageDecoder(), imageFolder(place)];
  const size = width * height * channels;
  const pictures = new Uint8Array(paths.length * size);
  for (const [i, path] of paths.entries()) {
    const { pixels } = await decode(await folder.read(path), { ...settings, width, height });
    const step = pixels.length / size;
    pictures.set(step === 1 ? pixels : pixels.filter((_, at) => at % step === 0), i * size);
  }
  return pictures;
}
