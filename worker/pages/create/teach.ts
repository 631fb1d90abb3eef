/** "Teach it this": what is on the pad becomes one of the visitor's own pictures, in a class that is named beside the button. */
import type { ImageShape } from "../../../wasm-model/network/spec.ts";
import { counted } from "../../../wasm-model/schema/text.ts";
import { toImageData } from "../../drawing/display.ts";
import { leavePicture, NO_NAME, newKey, SIDE, type SquarePicture } from "../shared/own-pictures.ts";
import { raster } from "../shared/raster.ts";
import type { Drawing } from "../shared/strokes.ts";

/** So many drawings are worth a try. */
const BEGINNING = 5;

/** Leaves the drawing for Your pictures. Returns a sentence about it. */
export async function teach(
  drawing: Drawing,
  { channels }: ImageShape,
  palette: readonly (readonly number[])[],
  named: string,
): Promise<string> {
  const name = named.trim() || NO_NAME;
  const picture = pictureOf(raster(drawing, { width: SIDE, height: SIDE, channels }, palette), channels, name);
  try {
    const count = await leavePicture({ picture, name });
    return `Your pictures now have ${counted(count, "picture")} of ${name}.${count < BEGINNING ? ` ${BEGINNING} are a beginning.` : ""}`;
  } catch (error) {
    console.warn(error);
    return "This device has no room to keep it.";
  }
}

function pictureOf(pixels: Uint8Array, channels: number, name: string): SquarePicture {
  const rgba = new Uint8Array(toImageData({ pixels, width: SIDE, height: SIDE, channels }).data);
  const key = newKey();
  return { key, path: `${name}/${key}.png`, width: SIDE, height: SIDE, isTransparent: false, cover: rgba, contain: rgba };
}
