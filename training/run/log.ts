/** The log of a training, the loss curve, and how long the training took. */
import { cpus } from "node:os";
import { durationOf } from "../cli/progress.ts";
import type { LogEntry } from "../learning/reports.ts";
import { meanLoss } from "../network/held-out.ts";
import type { RunConfig } from "./config.ts";

const [WIDTH, HEIGHT] = [720, 414];
/** The room of a number. */
const WORD = 60;
const [LEFT, RIGHT, TOP, BOTTOM] = [64, WIDTH - 24, 38, HEIGHT - 56];
const STYLE =
  "text{font:12px sans-serif;fill:#555}path{stroke:#ddd}polyline{fill:none;stroke:#5470c6}circle{fill:#fff;stroke:#91cc75;stroke-width:2}";

/** Training loss and mean held-out loss against training images, as an SVG document with two logarithmic axes. */
export function lossCurve(log: readonly LogEntry[], { batch }: Pick<RunConfig, "batch">): string {
  const training = log.flatMap((entry) => ("loss" in entry ? [[entry.step * batch, entry.loss] as const] : []));
  const heldOut = log.flatMap((entry) => ("heldOut" in entry ? [[entry.step * batch, meanLoss(entry.heldOut)] as const] : []));
  const points = [...training, ...heldOut];
  const [images, values] = [points.map(([seen]) => seen), points.map(([, loss]) => loss)];
  const [first, last] = [Math.min(...images), Math.max(...images)];
  const [low, high] = [roundBelow(Math.min(...values)), Math.max(...values) * 1.1];
  const x = logarithmic(first, last > first ? last : 2 * first, LEFT, RIGHT);
  const y = logarithmic(low, high, BOTTOM, TOP);
  const columns = [...ticks(first, last).filter((value) => x(last) - x(value) > WORD), last].map((value) => {
    const at = x(value);
    return `<path d="M${at} ${TOP}V${BOTTOM}"/>${text(at, BOTTOM + 16, value.toLocaleString("en"))}`;
  });
  const rows = ticks(low, high).map((value) => {
    const at = y(value);
    return `<path d="M${LEFT} ${at}H${RIGHT}"/>${text(LEFT - 6, at + 4, String(value), "end")}`;
  });
  const legend = [
    `<polyline points="200,14 224,14"/>${text(230, 18, "training", "start")}`,
    `<circle cx="312" cy="14" r="3.5"/>${text(322, 18, "held out (averaged weights, geometric mean over noise levels)", "start")}`,
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}">`,
    `<style>${STYLE}</style><rect width="100%" height="100%" fill="#fff"/>`,
    ...[...columns, ...rows, ...legend],
    text((LEFT + RIGHT) / 2, BOTTOM + 38, "training images"),
    `<g transform="rotate(-90 20 ${(TOP + BOTTOM) / 2})">${text(20, (TOP + BOTTOM) / 2, "weighted loss")}</g>`,
    `<polyline points="${training.map(([seen, loss]) => `${x(seen)},${y(loss)}`).join(" ")}"/>`,
    ...heldOut.map(([seen, loss]) => `<circle cx="${x(seen)}" cy="${y(loss)}" r="3.5"/>`),
    "</svg>",
  ].join("\n");
}

/** Where a number lies on a logarithmic axis: `from` at the place `start`, `to` at `end`. A loss falls fast, and then slowly. */
const logarithmic =
  (from: number, to: number, start: number, end: number) =>
  (value: number): number =>
    Math.round(10 * (start + ((end - start) * Math.log(value / from)) / Math.log(to / from))) / 10;

const text = (x: number, y: number, words: string, anchor = "middle"): string =>
  `<text x="${x}" y="${y}" text-anchor="${anchor}">${words}</text>`;

/** Between two numbers: 1, 2 and 5 times powers of ten, or these powers alone where there are many. */
function ticks(from: number, to: number): number[] {
  const powers = Array.from(
    { length: Math.floor(Math.log10(to)) - Math.floor(Math.log10(from)) + 1 },
    (_, i) => Math.floor(Math.log10(from)) + i,
  );
  const factors = powers.length > 4 ? [1] : [1, 2, 5];
  const all = powers.flatMap((power) => factors.map((factor) => Number(`${factor}e${power}`)));
  return all.filter((value) => value >= from && value <= to);
}

/** The value rounded down to one digit, followed by zeros. */
function roundBelow(value: number): number {
  const power = Math.floor(Math.log10(value));
  return Number(`${Math.floor(value / 10 ** power)}e${power}`);
}

/**
 * Seconds of training over all sessions, reports included, from the log's lines, which have the speed since the line
 * before. NaN if there are no such lines.
 */
export function trainingSeconds(log: readonly LogEntry[], batch: number): number {
  let seconds = 0;
  let steps = 0;
  for (const entry of log) {
    if (!("loss" in entry)) continue;
    seconds += ((entry.step - steps) * batch) / entry.imagesPerSecond;
    steps = entry.step;
  }
  return seconds > 0 ? seconds : Number.NaN;
}

/** " in 1 h 20 min on <this processor>", as far as it is known. */
export function timeAndPlace(log: readonly LogEntry[], { batch }: Pick<RunConfig, "batch">): string {
  const seconds = trainingSeconds(log, batch);
  const cores = cpus();
  return `${Number.isNaN(seconds) ? "" : ` in ${durationOf(seconds)}`} on ${cores[0]?.model.trim() || "an unknown processor"} (${cores.length} cores)`;
}
