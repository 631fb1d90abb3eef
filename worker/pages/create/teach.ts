/** "Teach it this": what is on the pad becomes one of the visitor's own pictures, in a class that is named beside the button. */
import type { ImageShape } from "../../../wasm-model/network/spec.ts";
import { counted } from "../../../wasm-model/schema/text.ts";
import { toImageData } from "../../drawing/display.ts";
import { raster } from "../shared/raster.ts";
import type { Drawing } from "../shared/strokes.ts";
import { keysIn, NO_NAME, newKey } from "../yours/picture-set.ts";
import { type Picture, SIDE } from "../yours/protocol.ts";
import { store } from "../yours/store.ts";
import { tellOthers } from "../yours/tabs.ts";

/** So many drawings are worth a try. */
const BEGINNING = 5;

/** Keeps the drawing among Your pictures, where it takes the example's place. Returns a sentence about it. */
export async function teach(
  drawing: Drawing,
  { channels }: ImageShape,
  palette: readonly (readonly number[])[],
  named: string,
): Promise<string> {
  const name = named.trim() || NO_NAME;
  const { set } = await store.open();
  const removed = set.isExample ? keysIn(set.classes) : [];
  const picture = pictureOf(raster(drawing, { width: SIDE, height: SIDE, channels }, palette), channels, name);
  const result = await store.change({ edit: { removed, inserted: [{ into: { key: newKey(), name }, pictures: [picture] }] } });
  if (result === "refused") return "Your pictures are being learned: none can be added before that ends.";
  if (result === "no room") return "This device has no room to keep it.";
  tellOthers();
  const before = set.isExample ? 0 : (set.classes.find((one) => one.name === name)?.pictures.length ?? 0);
  const more = before + 1 < BEGINNING ? ` ${BEGINNING} are a beginning.` : "";
  return `Your pictures now have ${counted(before + 1, "picture")} of ${name}.${more}`;
}

function pictureOf(pixels: Uint8Array, channels: number, name: string): Picture {
  const rgba = new Uint8Array(toImageData({ pixels, width: SIDE, height: SIDE, channels }).data);
  const key = newKey();
  return { key, path: `${name}/${key}.png`, width: SIDE, height: SIDE, isTransparent: false, cover: rgba, contain: rgba };
}
