/** Numbers as the page shows them: in a table, in sentences, and in a line chart as SVG, one unit a pixel. Its legend has the value of each line now; a bar tells its own under the pointer. */
import { type Axis, type Chart, type Line, type TableRow, valueNow } from "../../langevin/readings.ts";
import type { Scene } from "../../langevin/scene.ts";
import { element, noteOn } from "../shared/dom.ts";
import { COLOURS } from "./plane.ts";

/** Room for the words around the lines, in pixels for a font of FONT pixels. */
const [LEFT, RIGHT, TOP, BOTTOM, FONT] = [36, 8, 20, 32, 11];

/** The style of the line that the others should reach. */
const EXACT = { stroke: "var(--target)", "stroke-dasharray": "5 4" };

const styleOf = ({ look, plane, isDotted }: Line, i: number): Record<string, string> =>
  look === "exact" ? EXACT : { stroke: `var(--${COLOURS[plane ?? i]})`, class: look ?? "", ...(isDotted && { "stroke-dasharray": "2 3" }) };

export class ChartView {
  readonly figure: HTMLElement;
  readonly #svg = svg("svg", { role: "img" });
  readonly #values: readonly HTMLElement[];
  #size = { width: 360, height: 200, scale: 1 };
  #chart: Chart;

  /** `chart`: the first of those that it draws, which differ in numbers alone. */
  constructor(chart: Chart) {
    this.#chart = chart;
    const { title, lines } = chart;
    this.#svg.setAttribute("aria-label", title);
    this.#values = lines.map(() => element("span", { className: "value" })); // no <output>: nobody wants to hear each change
    const legend = lines.map((line, i) => {
      const sample = svg("svg", { class: "sample", viewBox: "0 0 24 8", "aria-hidden": "true" });
      sample.append(svg("path", { ...styleOf(line, i), d: "M0 4H24" }));
      return element("li", {}, sample, line.name, line.look ? "" : this.#values[i]);
    });
    const [ask, told] = noteOn("In words", () => chartInWords(this.#chart), true);
    const head = element("figcaption", {}, title, ask);
    this.figure = element("figure", { className: "chart" }, head, this.#svg, element("ul", {}, ...legend), told);
    new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect;
      if (width < 1 || (width === this.#size.width && height === this.#size.height)) return;
      this.#size = { width, height, scale: Number.parseFloat(getComputedStyle(this.#svg).fontSize) / FONT };
      this.draw(this.#chart);
    }).observe(this.#svg);
  }

  draw(chart: Chart): void {
    const { x, y, lines } = chart;
    this.#chart = chart;
    const { width, height, scale } = this.#size;
    const [left, top, right, bottom] = [LEFT * scale, TOP * scale, width - RIGHT * scale, height - BOTTOM * scale];
    const across = (value: number) => left + (right - left) * shareOfAxis(value, x);
    const up = (value: number) => bottom - (bottom - top) * Math.min(1, Math.max(0, shareOfAxis(value, y)));
    const parts = [svg("path", { class: "axis", d: `M${left} ${top}V${bottom}H${right}` })];
    for (const value of selectEvenly(ticks(x), (right - left) / (40 * scale))) {
      const at = round(across(value));
      parts.push(svg("path", { class: "axis", d: `M${at} ${bottom}v4` }), label(format(value), at, bottom + 15 * scale, "middle"));
    }
    for (const value of selectEvenly(ticks(y), (bottom - top) / (22 * scale))) {
      const at = round(up(value));
      parts.push(
        svg("path", { class: "axis", d: `M${left} ${at}H${right}` }),
        label(format(value), left - 6 * scale, at + 4 * scale, "end"),
      );
    }
    parts.push(label(x.label, right, bottom + 28 * scale, "end"), label(y.label, left, top - 8 * scale, "start"));
    for (const [i, line] of lines.entries()) {
      if (line.look === "bars") {
        for (const [px, py] of line.points) {
          const bar = svg("path", { ...styleOf(line, i), d: `M${round(across(px))} ${bottom}V${round(up(py))}` });
          bar.append(svg("title", {}, `${format(py)} at ${format(px)}`));
          parts.push(bar);
        }
        continue;
      }
      const path = line.points.map(([px, py], k) => `${k === 0 ? "M" : "L"}${round(across(px))} ${round(up(py))}`).join("");
      parts.push(svg("path", { ...styleOf(line, i), d: path }));
      const value = valueNow(line);
      if (!line.look) this.#values[i].textContent = value === undefined ? "" : format(value);
    }
    this.#svg.replaceChildren(...parts);
  }
}

/** At most so many of the values, evenly. */
function selectEvenly(values: readonly number[], most: number): number[] {
  const every = Math.max(1, Math.ceil(values.length / Math.max(2, most)));
  return values.filter((_, i) => i % every === 0);
}

const round = (value: number): number => Math.round(10 * value) / 10;

/** Where a value lies in a range: 0 at its start, 1 at its end. */
function shareOfAxis(value: number, { from, to, isLog }: Axis): number {
  return isLog ? Math.log(Math.max(value, 1e-12) / from) / Math.log(to / from) : (value - from) / (to - from);
}

/** Round numbers on an axis: 1, 2 and 5 times powers of ten if it is logarithmic, otherwise three to six even steps. */
function ticks({ from, to, isLog }: Axis): number[] {
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

function svg(name: string, attributes: Readonly<Record<string, string | number>>, text = ""): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.textContent = text;
  return made;
}

const label = (text: string, x: number, y: number, anchor: string): SVGElement => svg("text", { x, y, "text-anchor": anchor }, text);

/** Whole numbers, and others to three significant digits and six decimals. */
export function format(value: number | string): string {
  if (typeof value === "string") return value;
  return String(Number.isInteger(value) ? value : Number(Number(value.toPrecision(3)).toFixed(6)));
}

/** Fills a table with rows of numbers. */
export function tabulate(body: HTMLElement, rows: readonly TableRow[]): void {
  const made = rows.map(({ label, values, isResult }) => {
    const cells = values.map((value) => element("td", {}, format(value)));
    return element("tr", { className: isResult ? "result" : "" }, element("th", { scope: "row" }, label), ...cells);
  });
  body.replaceChildren(...made);
}

/** A plane's name in tables and sentences: "heun" of "heun: probability flow, order 2". */
export const nameOf = (caption: string): string => caption.split(":")[0];

/** The results of each plane in a sentence: "heun: distance to the target 0.05." */
export function summary({ planes }: Scene, rows: readonly TableRow[]): string {
  const results = rows.filter(({ isResult }) => isResult);
  const sentence = (caption: string, i: number) =>
    `${nameOf(caption)}: ${results.map(({ label, values }) => `${label[0].toLowerCase()}${label.slice(1)} ${format(values[i])}`).join(", ")}.`;
  return planes.map(sentence).join(" ");
}

/** What counts as a change, in parts of the value before. */
const CHANGED = 0.1;

/** How each line of a chart went, in a sentence; of a histogram, where it is highest. */
function chartInWords({ x, lines }: Chart): string {
  const words = lines.map(({ name, look, points }, _, [first]) => {
    if (first.look === "bars") {
      const [at, most] = points.reduce((a, b) => (b[1] > a[1] ? b : a));
      return [`${name}: at most ${format(most)} at ${format(at)}`];
    }
    if (look === "exact" || points.length < 2) return [];
    const [[from, before], [to, after]] = [points[0], points[points.length - 1]];
    const isSteady = Math.abs(after - before) <= CHANGED * Math.abs(before);
    const verb = isSteady ? "stayed near" : `${after > before ? "rose" : "fell"} from ${format(before)} to`;
    return [`${name} ${verb} ${format(after)} (${x.label} ${format(from)} to ${format(to)})`];
  });
  return `${words.flat().join("; ") || "Let it run first"}.`;
}
