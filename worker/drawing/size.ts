/** The size of an image on a page where none was requested. */
import { type ModelCard, nativeShape } from "../../wasm-model/model/card.ts";
import { ENLARGED } from "../../wasm-model/network/enlarger.ts";
import type { Requested } from "../../wasm-model/request/options.ts";
import { columnsOf, resolve } from "../../wasm-model/request/resolve.ts";

/** Four times native for an image that is shown wider than native, else native. `screenWidth`: that of one image. */
export const shownSize = (native: number, screenWidth: number): number => (screenWidth > native ? ENLARGED * native : native);

/** The width of an element, in pixels of the screen. */
export const screenWidthOf = (element: Element): number => element.getBoundingClientRect().width * devicePixelRatio;

/** The options with a size that suits the width, unless they have a size, ask for pixels, or the image would be too large. */
export function sizedFor(options: Requested<"sample">, screenWidth: number, card: ModelCard): Requested<"sample"> {
  if (options.size !== undefined || options.enlarge === "pixels") return options;
  const native = nativeShape(card).width;
  const large = { ...options, size: ENLARGED * native };
  try {
    const { n } = resolve("sample", large, card);
    return shownSize(native, screenWidth / (n === undefined ? 1 : columnsOf(n))) > native ? large : options;
  } catch {
    return options; // if they are wrong for another reason, drawing says so
  }
}
