/** A sketch that the model makes an image of, as in Create. */
import type { ImageShape } from "../../../wasm-model/network/spec.ts";
import type { Pixels } from "../../../wasm-model/render/image/png.ts";
import { button, element, find } from "../shared/dom.ts";
import { inksOf } from "../shared/inks.ts";
import { Pad } from "../shared/pad.ts";
import { raster } from "../shared/raster.ts";
import type { Drawing } from "../shared/strokes.ts";

/** Width of the pen, in 255 parts of the canvas. */
const PEN = 20;
/** Black on white. */
const [PAPER, INK] = [1, 0];

/** The sketch as an image of this size. */
export const sketchImage = (strokes: Drawing["strokes"], size: ImageShape): Pixels => ({
  ...size,
  pixels: raster({ paper: PAPER, strokes }, size, inksOf(size.channels).palette),
});

/** Makes the pad anew, with this sketch. `onChange` is called after each stroke. */
export function showPad(size: ImageShape, strokes: Drawing["strokes"], onChange: (strokes: Drawing["strokes"]) => void): void {
  const place = find("#pad", HTMLElement);
  place.replaceWith(place.cloneNode(true)); // the events of an earlier pad are gone
  const { colours } = inksOf(size.channels);
  const colour = element("select", { id: "ink" }, ...colours.map(([, name], i) => element("option", { value: String(i) }, name)));
  colour.value = String(INK);
  const pad = new Pad({
    size,
    palette: colours.map(([css]) => css),
    ink: () => ({ colour: Number(colour.value), width: PEN, isFilled: false }),
    onStroke: put,
  });
  function put(drawing: Drawing): void {
    pad.show(drawing);
    onChange(drawing.strokes);
  }
  pad.show({ paper: PAPER, strokes });
  const clear = button("Clear", () => put({ paper: PAPER, strokes: [] }));
  find("#inks", HTMLElement).replaceChildren(element("label", { htmlFor: "ink" }, "Colour"), colour, clear);
}
