/** A sketch that the model makes an image of, as in Create. */
import type { ImageShape } from "../../../wasm-model/network/spec.ts";
import type { Pixels } from "../../../wasm-model/render/image/png.ts";
import { inksOf } from "../create/inks.ts";
import { Pad } from "../create/pad.ts";
import { raster } from "../create/raster.ts";
import type { Drawing } from "../create/strokes.ts";
import { button, element, find } from "../shared/dom.ts";

/** Width of the pen, in 255 parts of the canvas. */
const PEN = 20;

export class Sketch {
  /** Undefined as long as nothing is drawn. */
  image: Pixels | undefined;
  readonly channels: number;

  /** `onChange` is called after each stroke. */
  constructor(size: ImageShape, onChange: () => void) {
    this.channels = size.channels;
    const place = find("#pad", HTMLElement);
    place.replaceWith(place.cloneNode(true)); // the events of an earlier sketch are gone
    const { colours, palette } = inksOf(size.channels);
    const [paper, ink] = [1, 0]; // black on white
    const colour = element("select", { id: "ink" }, ...colours.map(([, name], i) => element("option", { value: String(i) }, name)));
    colour.value = String(ink);
    const pad = new Pad({
      size,
      palette: colours.map(([css]) => css),
      ink: () => ({ colour: Number(colour.value), width: PEN, isFilled: false }),
      onStroke: put,
    });
    const show = (drawing: Drawing): void => {
      this.image = drawing.strokes.length === 0 ? undefined : { ...size, pixels: raster(drawing, size, palette) };
    };
    function put(drawing: Drawing): void {
      show(drawing);
      pad.show(drawing);
      onChange();
    }
    const blank: Drawing = { paper, strokes: [] };
    pad.show(blank);
    find("#inks", HTMLElement).replaceChildren(
      element("label", { htmlFor: "ink" }, "Colour"),
      colour,
      button("Clear", () => put(blank)),
    );
  }
}
