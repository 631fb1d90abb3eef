/** The size in which an image on a page is drawn where none was requested: that in which it is shown. */
import { type ModelCard, nativeShape } from "../../wasm-model/model/card.ts";
import { ENLARGED } from "../../wasm-model/network/finishers.ts";
import { MAX_PIXELS } from "../../wasm-model/request/options.ts";
import { cellsOf, columnsOf, enlargeOf, type Settings } from "../../wasm-model/request/resolve.ts";

/** The width of an element, in pixels of the screen. */
export const screenWidthOf = (element: Element): number => element.getBoundingClientRect().width * devicePixelRatio;

/**
 * The settings, four times as large if the image is shown wider than native, or each of a grid, and can be so large. `largerAbove`: from
 * which width on, in pixels of the screen, the image would be drawn larger.
 */
export function sizeToShow(
  settings: Settings,
  card: ModelCard,
  screenWidth: number,
): { readonly settings: Settings; readonly largerAbove?: number } {
  const { n } = settings;
  const native = nativeShape(card);
  const [width, height] = [ENLARGED * native.width, ENLARGED * native.height];
  if (cellsOf(n) * width * height > MAX_PIXELS) return { settings };
  const largerAbove = native.width * (n === undefined ? 1 : columnsOf(n));
  if (screenWidth <= largerAbove) return { settings, largerAbove };
  return { settings: { ...settings, width, height, ...(enlargeOf(card) !== "smooth" && { enlarge: "smooth" }) } };
}
