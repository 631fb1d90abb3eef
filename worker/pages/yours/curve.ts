/** The loss curve. */
import { logarithmic, lossesOf, type Mark, marksOf } from "../../../training/learning/curve.ts";
import type { LogEntry } from "../../../training/learning/reports.ts";
import { find } from "../shared/dom.ts";

/** The room in the SVG. */
const [WIDTH, HEIGHT] = [320, 160];
/** Of the losses' range, above and below them. */
const MARGIN = 1.1;
/** Each point of the line is a running mean over so many steps. */
const WINDOW = 12;
const MOST_POINTS = 320;

export function drawCurve(log: readonly LogEntry[], steps: number): void {
  const { training, heldOut } = lossesOf(log);
  let mean = Number.NaN;
  const line = training.map(([step, loss]) => {
    mean = Number.isNaN(mean) ? loss : mean + (loss - mean) / Math.min(step, WINDOW);
    return [step, mean] as const;
  });
  const every = Math.ceil(line.length / MOST_POINTS);
  const points = line.filter((_, i) => i % every === 0 || i === line.length - 1);
  const losses = [...line, ...heldOut].map(([, loss]) => loss);
  const x = logarithmic(1, Math.max(2, steps), 0, WIDTH);
  const y = logarithmic(Math.min(...losses) / MARGIN, Math.max(...losses) * MARGIN, HEIGHT, 0);
  find("#curve", SVGElement).replaceChildren(...marksOf({ training: points, heldOut }, x, y).map(made));
}

function made({ name, attributes }: Mark): SVGElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}
