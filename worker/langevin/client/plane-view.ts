import { find } from "../../site/client/dom.ts";
import type { Point } from "../controls.ts";
import type { Plane, Scene, TableRow } from "../scene.ts";
import { heatColour, type Palette } from "./colours.ts";
import { DensityLayer } from "./density-layer.ts";
import { ParticleLayer } from "./particle-layer.ts";

interface PlaneViewOptions {
  readonly pen: Point | undefined;
  readonly fades: boolean;
  /** How many times as long as it is the latest step of one particle is drawn, if at all. */
  readonly move: number | undefined;
}

/** A plane of the page: its canvases, of which the lower one is drawn only when it changes. */
export class PlaneView {
  readonly canvases: HTMLElement;
  readonly #densityLayer: DensityLayer;
  readonly #particleLayer: ParticleLayer;
  #colours: Palette;
  #pixels: number | undefined;
  /** What the lower canvas shows. */
  #drawn: Partial<Plane> & { pen?: Point | undefined } = {};

  constructor(figure: HTMLElement, colours: Palette) {
    this.canvases = find(".canvases", HTMLElement, figure);
    const [below, above] = this.canvases.querySelectorAll("canvas");
    this.#densityLayer = new DensityLayer(below!);
    this.#particleLayer = new ParticleLayer(above!);
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
  survey(plane: Plane): void {
    const { density } = plane;
    if (density === this.#drawn.density) return;
    this.#densityLayer.survey(plane, this.#colours);
    this.#drawn = { density };
  }

  draw(plane: Plane, { pen, fades, move }: PlaneViewOptions): void {
    this.survey(plane);
    const { density, field, marks } = plane;
    const drawn = this.#drawn;
    if (field !== drawn.field || marks !== drawn.marks || pen !== drawn.pen) {
      this.#densityLayer.draw(plane, pen, this.#colours);
      this.#drawn = { density, field, marks, pen };
    }
    this.#particleLayer.draw(plane.particles, heatColour(this.#colours, plane.heat), fades);
    if (move && plane.move) this.#particleLayer.drawMove(plane.move, this.#colours, move);
  }
}

/** Length of the longer of the two arrows of a single step, in lengths of the plane. */
const ARROW = 1;

/** How many times as long as they are the arrows of the latest step are drawn: 1, 2, 5, 10, ... */
export function arrowScale(planes: readonly Plane[]): number | undefined {
  const lengths = planes.flatMap(({ move }) => (move ? [Math.hypot(...move.drift), Math.hypot(...move.noise)] : []));
  const longest = Math.max(0, ...lengths);
  if (!(longest > 0)) return undefined;
  const ten = 10 ** Math.floor(Math.log10(ARROW / longest));
  return Math.max(1, ten * [5, 2, 1].find((factor) => factor * ten * longest <= ARROW)!);
}

/** Three significant digits. */
export const format = (value: number | string): string =>
  typeof value === "string" || Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)));

/** The results of each plane in a sentence: "Exact score: distance to the target distribution 0.05." */
export function summary({ planes }: Scene, rows: readonly TableRow[]): string {
  const results = rows.filter(({ isResult }) => isResult);
  const sentence = (caption: string, i: number) =>
    `${caption}: ${results.map(({ label, values }) => `${label[0].toLowerCase()}${label.slice(1)} ${format(values[i])}`).join(", ")}.`;
  return planes.map(sentence).join(" ");
}
