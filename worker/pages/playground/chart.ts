/** A line chart as SVG, one unit a pixel. A pointer on it, or the arrow keys, read its lines' values at a place. */
import type { ChartData, ChartText } from "../../langevin/readings.ts";
import { element } from "../shared/dom.ts";
import { format } from "./numbers.ts";

/** Room for the words around the lines, in pixels for a font of FONT pixels. */
const LEFT = 36;
const RIGHT = 8;
const TOP = 20;
const BOTTOM = 32;
const FONT = 11;

/** Of its lines, one after another, and of the one that the others should reach. */
const COLOURS = ["bronze", "blue", "purple", "straw", "ink", "arrow"];
const EXACT = { stroke: "var(--target)", "stroke-dasharray": "5 4" };

type AxisRange = readonly [number, number];

export class ChartView {
  readonly figure: HTMLElement;
  readonly #svg = svg("svg", { role: "img", tabindex: 0 });
  readonly #text: ChartText;
  readonly #outputs: readonly HTMLOutputElement[];
  #size = { width: 360, height: 200, scale: 1 };
  #last: ChartData | undefined;
  /** The place that is read, 0 at the left and 1 at the right. */
  #read: number | undefined;

  constructor(text: ChartText) {
    this.#text = text;
    const { title, lines } = text;
    this.#svg.setAttribute("aria-label", `${title}; arrow keys read it`);
    this.#outputs = lines.map(() => element("output"));
    const legend = lines.map((line, i) => {
      const sample = svg("svg", { class: "sample", viewBox: "0 0 24 8", "aria-hidden": "true" });
      sample.append(svg("path", { ...this.#look(i), d: "M0 4H24" }));
      return element("li", {}, sample, `${line} `, this.#outputs[i]);
    });
    this.figure = element("figure", { className: "chart" }, element("figcaption", {}, title), this.#svg, element("ul", {}, ...legend));
    this.#svg.addEventListener("pointermove", ({ offsetX }) => {
      const { width, scale } = this.#size;
      this.#readAt((offsetX - LEFT * scale) / (width - (LEFT + RIGHT) * scale));
    });
    this.#svg.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -0.05, ArrowRight: 0.05 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      this.#readAt((this.#read ?? 0.5) + step);
    });
    for (const type of ["pointerleave", "blur"]) this.#svg.addEventListener(type, () => this.#readAt(undefined));
    new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect;
      if (width < 1 || (width === this.#size.width && height === this.#size.height)) return;
      this.#size = { width, height, scale: Number.parseFloat(getComputedStyle(this.#svg).fontSize) / FONT };
      if (this.#last) this.draw(this.#last);
    }).observe(this.#svg);
  }

  #look(line: number): Record<string, string> {
    const { lines, bars, exact } = this.#text;
    if (exact && line === lines.length - 1) return EXACT;
    return { stroke: `var(--${COLOURS[line]})`, class: bars && line === 0 ? "bars" : "" };
  }

  #readAt(place: number | undefined): void {
    this.#read = place === undefined ? undefined : Math.min(1, Math.max(0, place));
    if (this.#last) this.draw(this.#last);
  }

  draw(data: ChartData): void {
    const { x, y, lines } = data;
    this.#last = data;
    const { logX = false, logY = false, bars = false } = this.#text;
    const { width, height, scale } = this.#size;
    const [left, top, right, bottom] = [LEFT * scale, TOP * scale, width - RIGHT * scale, height - BOTTOM * scale];
    const across = (value: number) => left + (right - left) * part(value, x, logX);
    const up = (value: number) => bottom - (bottom - top) * Math.min(1, Math.max(0, part(value, y, logY)));
    const parts = [svg("path", { class: "axis", d: `M${left} ${top}V${bottom}H${right}` })];
    for (const value of thinned(ticks(x, logX), (right - left) / (40 * scale))) {
      const at = round(across(value));
      parts.push(svg("path", { class: "axis", d: `M${at} ${bottom}v4` }), label(format(value), at, bottom + 15 * scale, "middle"));
    }
    for (const value of thinned(ticks(y, logY), (bottom - top) / (22 * scale))) {
      const at = round(up(value));
      parts.push(
        svg("path", { class: "axis", d: `M${left} ${at}H${right}` }),
        label(format(value), left - 6 * scale, at + 4 * scale, "end"),
      );
    }
    parts.push(label(this.#text.x, right, bottom + 28 * scale, "end"), label(this.#text.y, left, top - 8 * scale, "start"));
    if (this.#read !== undefined) parts.push(svg("path", { class: "axis", d: `M${left + this.#read * (right - left)} ${top}V${bottom}` }));
    lines.forEach((all, i) => {
      const points = all.filter(([px, py]) => Number.isFinite(px) && Number.isFinite(py)); // what diverged has no place
      const path =
        bars && i === 0
          ? points.map(([px, py]) => `M${round(across(px))} ${bottom}V${round(up(py))}`)
          : points.map(([px, py], k) => `${k === 0 ? "M" : "L"}${round(across(px))} ${round(up(py))}`);
      const dot = points.length === 1 ? "h0" : ""; // a line without length is seen by its round ends
      parts.push(svg("path", { ...this.#look(i), ...(dot && { class: "dot" }), d: path.join("") + dot }));
      this.#tell(i, points, (px) => part(px, x, logX));
    });
    this.#svg.replaceChildren(...parts);
  }

  /** The line's value at its point nearest to the place that is read. */
  #tell(line: number, points: readonly (readonly [number, number])[], placeOf: (x: number) => number): void {
    const read = this.#read;
    const far = ([x]: readonly [number, number]) => Math.abs(placeOf(x) - read!);
    const nearest =
      read === undefined || points.length === 0 ? undefined : points.reduce((best, one) => (far(one) < far(best) ? one : best));
    const words = nearest ? `${format(nearest[1])} at ${format(nearest[0])}` : "";
    const output = this.#outputs[line];
    if (output && output.textContent !== words) output.textContent = words;
  }
}

/** At most so many of the values, evenly. */
function thinned(values: readonly number[], most: number): number[] {
  const every = Math.max(1, Math.ceil(values.length / Math.max(2, most)));
  return values.filter((_, i) => i % every === 0);
}

const round = (value: number): number => Math.round(10 * value) / 10;

/** Where a value lies in a range: 0 at its start, 1 at its end. */
function part(value: number, [from, to]: AxisRange, isLog: boolean): number {
  return isLog ? Math.log(Math.max(value, 1e-12) / from) / Math.log(to / from) : (value - from) / (to - from);
}

/** Round numbers on an axis: 1, 2 and 5 times powers of ten if it is logarithmic, otherwise three to six even steps. */
function ticks([from, to]: AxisRange, isLog: boolean): number[] {
  if (isLog) {
    const decades = Array.from({ length: 9 }, (_, i) => 10 ** (i - 4));
    const all = decades.flatMap((ten) => [ten, 2 * ten, 5 * ten].map((value) => Number(value.toPrecision(1))));
    return all.filter((value) => value >= from && value <= to);
  }
  const rough = (to - from) / 5;
  const ten = 10 ** Math.floor(Math.log10(rough));
  const step = ten * [1, 2, 5, 10].find((factor) => factor * ten >= rough)!;
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.floor(to / step) - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(6)));
}

function svg(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

function label(text: string, x: number, y: number, anchor: string): SVGElement {
  const made = svg("text", { x, y, "text-anchor": anchor });
  made.textContent = text;
  return made;
}
