/** The size of an image on a page where none was requested. */
import { type ModelCard, nativeShape } from "../../wasm-model/model/card.ts";
import { ENLARGED } from "../../wasm-model/network/enlarger.ts";
import { MAX_PIXELS } from "../../wasm-model/request/options.ts";
import { cellsOf, columnsOf, enlargeOf, type Settings } from "../../wasm-model/request/resolve.ts";

/** Four times native for an image that is shown wider than native, else native. `screenWidth`: that of one image. */
export const shownSize = (native: number, screenWidth: number): number => (screenWidth > native ? ENLARGED * native : native);

/** The width of an element, in pixels of the screen. */
export const screenWidthOf = (element: Element): number => element.getBoundingClientRect().width * devicePixelRatio;

/** The settings, four times as large if the image is shown wider than native, or each of a grid, and can be so large. */
export function shownAt(screenWidth: number, settings: Settings, card: ModelCard): Settings {
  const { n } = settings;
  const native = nativeShape(card);
  const width = shownSize(native.width, screenWidth / (n === undefined ? 1 : columnsOf(n)));
  const height = ENLARGED * native.height;
  if (width === native.width || cellsOf(n) * width * height > MAX_PIXELS) return settings;
  return { ...settings, width, height, ...(enlargeOf(card) !== "smooth" && { enlarge: "smooth" }) };
}
