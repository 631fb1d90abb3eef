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

/** Starts anew. Returns what gives its image: undefined as long as nothing is drawn. `onChange` is called after each stroke. */
export function startSketch(size: ImageShape, onChange: () => void): () => Pixels | undefined {
  const place = find("#pad", HTMLElement);
  place.replaceWith(place.cloneNode(true)); // the events of an earlier sketch are gone
  const { colours, palette } = inksOf(size.channels);
  const [paper, ink] = [1, 0]; // black on white
  const colour = element("select", { id: "ink" }, ...colours.map(([, name], i) => element("option", { value: String(i) }, name)));
  colour.value = String(ink);
  let drawing: Drawing = { paper, strokes: [] };
  const pad = new Pad({
    size,
    palette: colours.map(([css]) => css),
    ink: () => ({ colour: Number(colour.value), width: PEN, isFilled: false }),
    onStroke: put,
  });
  function put(changed: Drawing): void {
    drawing = changed;
    pad.show(drawing);
    onChange();
  }
  pad.show(drawing);
  const clear = button("Clear", () => put({ paper, strokes: [] }));
  find("#inks", HTMLElement).replaceChildren(element("label", { htmlFor: "ink" }, "Colour"), colour, clear);
  return () => (drawing.strokes.length === 0 ? undefined : { ...size, pixels: raster(drawing, size, palette) });
}
