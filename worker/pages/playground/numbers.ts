/** Numbers as the page shows them. */
import { type Chart, type Line, type TableRow, valueNow } from "../../langevin/readings.ts";
import type { Scene } from "../../langevin/scene.ts";
import { element } from "../shared/dom.ts";

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

/** A chart in sentences: what its lines are now, or where the bars and the curve beside them are highest. */
export function chartInWords({ title, lines }: Chart): string {
  const isHistogram = lines.some(({ look }) => look === "bars");
  const read = (line: Line, colon = ""): string => {
    const [at, value] = line.points.reduce((a, b) => (b[1] > a[1] ? b : a), [0, 0]);
    return `${line.name}${colon} ${isHistogram ? `at most ${format(value)} at ${format(at)}` : format(valueNow(line)!)}`;
  };
  const drawn = lines.filter((line) => valueNow(line) !== undefined);
  const own = drawn.filter(({ look }) => look !== "exact").map((line) => read(line));
  const exact = drawn.filter(({ look }) => look === "exact").map((line) => ` ${read(line, ":")}.`);
  return `${title} in your run: ${own.join(", ")}.${exact.join("")}`;
}
