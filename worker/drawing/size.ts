/** How large an image is drawn that is shown somewhere, and whose size nobody gave. */
import { type ModelCard, nativeShape } from "../../wasm-model/model/card.ts";
import { ENLARGED } from "../../wasm-model/network/enlarger.ts";
import type { SampleOptions } from "../../wasm-model/request/options.ts";
import { columnsOf, resolve } from "../../wasm-model/request/resolve.ts";

/** Four times native where the place is wider than native, else native. `place`: its width in pixels of the screen, of one image. */
export const shownSize = (native: number, place: number): number => (place > native ? ENLARGED * native : native);

/** The width of an element's place, in pixels of the screen. */
export const placeOf = (element: Element): number => element.getBoundingClientRect().width * devicePixelRatio;

/** The options with a size that suits the place, unless they have one, want pixels, or so large an image cannot be. */
export function sizedFor(options: SampleOptions, place: number, card: ModelCard): SampleOptions {
  if (options.size !== undefined || options.enlarge === "pixels") return options;
  const native = nativeShape(card).width;
  const large = { ...options, size: ENLARGED * native };
  try {
    const { n } = resolve("sample", large, card);
    return shownSize(native, place / (n === undefined ? 1 : columnsOf(n))) > native ? large : options;
  } catch {
    return options; // if they are wrong for another reason, drawing says so
  }
}
