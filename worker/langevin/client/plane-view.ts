import { find } from "../../site/client/dom.ts";
import type { Point } from "../controls.ts";
import type { Plane, Scene, TableRow } from "../scene.ts";
import { heatColour, type Palette } from "./colours.ts";
import { DensityLayer } from "./density-layer.ts";
import { ParticleLayer } from "./particle-layer.ts";

/** A plane of the page: its canvases, of which the lower one is drawn only when it changes, and its table. */
export class PlaneView {
  readonly canvases: HTMLElement;
  readonly #densityLayer: DensityLayer;
  readonly #particleLayer: ParticleLayer;
  readonly #body: HTMLElement;
  #colours: Palette;
  #pixels: number | undefined;
  /** What the lower canvas shows. */
  #drawn: Partial<Plane> & { pen?: Point | undefined } = {};

  constructor(figure: HTMLElement, colours: Palette) {
    this.canvases = find(".canvases", HTMLElement, figure);
    const [below, above] = this.canvases.querySelectorAll("canvas");
    this.#densityLayer = new DensityLayer(below!);
    this.#particleLayer = new ParticleLayer(above!);
    this.#body = find("tbody", HTMLElement, figure);
    this.#colours = colours;
    this.resize();
  }

  /** Adapts to the page's layout. Returns whether the size changed. */
  resize(): boolean {
    const pixels = this.canvases.clientWidth * devicePixelRatio;
    if (pixels === this.#pixels) return false;
    this.#pixels = pixels;
    this.#densityLayer.resize(pixels);
    this.#particleLayer.resize(pixels);
    this.#drawn = {};
    return true;
  }

  set colours(colours: Palette) {
    this.#colours = colours;
    this.#drawn = {};
  }

  /** Evaluates the density anew if it is another. */
  survey({ density }: Plane): void {
    if (density === this.#drawn.density) return;
    this.#densityLayer.survey(density, this.#colours);
    this.#drawn = { density };
  }

  draw(plane: Plane, { pen, fades }: { readonly pen: Point | undefined; readonly fades: boolean }): void {
    this.survey(plane);
    const { density, field, marks } = plane;
    const drawn = this.#drawn;
    if (field !== drawn.field || marks !== drawn.marks || pen !== drawn.pen) {
      this.#densityLayer.draw(plane, pen, this.#colours);
      this.#drawn = { density, field, marks, pen };
    }
    this.#particleLayer.draw(plane.particles, heatColour(this.#colours, plane.heat), fades);
  }

  /** `column`: which of each row's values is this plane's. */
  tabulate(rows: readonly TableRow[], column: number): void {
    while (this.#body.children.length < rows.length) {
      const row = document.createElement("tr");
      const head = document.createElement("th");
      head.scope = "row";
      row.append(head, document.createElement("td"));
      this.#body.append(row);
    }
    rows.forEach(({ label, values, isResult }, i) => {
      const row = this.#body.children[i]!;
      row.classList.toggle("result", isResult === true);
      const [head, cell] = row.children;
      if (head!.textContent !== label) head!.textContent = label;
      const text = format(values[column]!);
      if (cell!.textContent !== text) cell!.textContent = text;
    });
  }
}

/** Three significant digits. */
export const format = (value: number | string): string =>
  typeof value === "string" || Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)));

/** The results of each plane in a sentence: "Exact score: distance to the target distribution 0.05." */
export function summary({ planes }: Scene, rows: readonly TableRow[]): string {
  const results = rows.filter(({ isResult }) => isResult);
  const sentence = (caption: string, i: number) =>
    `${caption}: ${results.map(({ label, values }) => `${label[0]!.toLowerCase()}${label.slice(1)} ${format(values[i]!)}`).join(", ")}.`;
  return planes.map(sentence).join(" ");
}
