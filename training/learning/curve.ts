/** The losses of a log as marks of an SVG: a line of the training's, and a dot for each report's. */
import { meanLoss } from "../network/held-out.ts";
import type { LogEntry } from "./reports.ts";

type LossPoint = readonly [step: number, loss: number];

export interface Losses {
  readonly training: readonly LossPoint[];
  /** Of the averaged weights, mean over noise levels. */
  readonly heldOut: readonly LossPoint[];
}

export const lossesOf = (log: readonly LogEntry[]): Losses => ({
  training: log.flatMap((entry) => ("loss" in entry ? [[entry.step, entry.loss] as const] : [])),
  heldOut: log.flatMap((entry) => ("heldOut" in entry ? [[entry.step, meanLoss(entry.heldOut)] as const] : [])),
});

/** Where a number lies on a logarithmic axis: `from` at the place `start`, `to` at `end`. A loss falls fast, and then slowly. */
export const logarithmic =
  (from: number, to: number, start: number, end: number) =>
  (value: number): number =>
    Math.round(10 * (start + ((end - start) * Math.log(value / from)) / Math.log(to / from))) / 10;

/** An element of SVG. */
export interface Mark {
  readonly name: "polyline" | "circle";
  readonly attributes: Readonly<Record<string, string | number>>;
}

export const marksOf = ({ training, heldOut }: Losses, x: (step: number) => number, y: (loss: number) => number): Mark[] => [
  { name: "polyline", attributes: { points: training.map(([step, loss]) => `${x(step)},${y(loss)}`).join(" ") } },
  ...heldOut.map(([step, loss]): Mark => ({ name: "circle", attributes: { cx: x(step), cy: y(loss), r: 3.5 } })),
];
