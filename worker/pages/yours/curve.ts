/** The loss curve: both axes are logarithmic, as a loss falls fast and then slowly. */
import type { LogEntry } from "../../../training/course/reports.ts";
import { meanLoss } from "../../../training/network/held-out.ts";
import { find } from "../shared/dom.ts";

/** The room in the SVG. */
const [WIDTH, HEIGHT] = [320, 160];
/** Each point of the line is a running mean over so many steps. */
const WINDOW = 12;
const MOST_POINTS = 320;

const SVG = "http://www.w3.org/2000/svg";

function shape(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

export function drawCurve(log: readonly LogEntry[], steps: number): void {
  const line: (readonly [step: number, loss: number])[] = [];
  let mean = Number.NaN;
  for (const entry of log) {
    if (!("loss" in entry)) continue;
    mean = Number.isNaN(mean) ? entry.loss : mean + (entry.loss - mean) / Math.min(entry.step, WINDOW);
    line.push([entry.step, mean]);
  }
  const dots = log.flatMap((entry) => ("heldOut" in entry ? [[entry.step, meanLoss(entry.heldOut)] as const] : []));
  const losses = [...line, ...dots].map(([, loss]) => Math.log(loss));
  const [low, high] = [Math.min(...losses) - 0.1, Math.max(...losses) + 0.1];
  const x = (step: number): number => (WIDTH * Math.log(Math.max(1, step))) / Math.log(Math.max(2, steps));
  const y = (loss: number): number => (HEIGHT * (high - Math.log(loss))) / (high - low);
  const every = Math.ceil(line.length / MOST_POINTS);
  const points = line.filter((_, i) => i % every === 0 || i === line.length - 1);
  find("#curve", SVGElement).replaceChildren(
    shape("polyline", { points: points.map(([step, loss]) => `${x(step).toFixed(1)},${y(loss).toFixed(1)}`).join(" ") }),
    ...dots.map(([step, loss]) => shape("circle", { cx: x(step), cy: y(loss), r: 3.5 })),
  );
}
