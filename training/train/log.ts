/** The log of a training, the loss curve, and how long the training took. */
import { createRequire } from "node:module";
import { cpus } from "node:os";
import { durationOf } from "../cli/progress.ts";
import { phaseAt } from "../learning/recipe.ts";
import { type HeldOutLoss, meanLoss } from "../network/held-out.ts";
import type { AtStep, SpeedLine } from "../run/folder.ts";
import type { RunConfig } from "./config.ts";

/** A line of log.jsonl. `step` counts from 1. */
export type LogEntry = (SpeedLine & { readonly loss: number }) | TrainingReport;

export interface TrainingReport extends AtStep {
  readonly heldOut: readonly HeldOutLoss[];
  /** Test images that the loss is averaged over. */
  readonly testImages: number;
}

/**
 * Training loss and mean held-out loss against training images, as an SVG document with two logarithmic axes.
 */
export function lossCurve(log: readonly LogEntry[], { batch }: Pick<RunConfig, "batch">): string {
  const training = log.flatMap((entry) => ("loss" in entry ? [[entry.step * batch, entry.loss]] : []));
  const heldOut = log.flatMap((entry) => ("heldOut" in entry ? [[entry.step * batch, meanLoss(entry.heldOut)]] : []));
  const chart = loadCharts().init(null, null, { renderer: "svg", ssr: true, width: 720, height: 414 });
  const axis = { type: "log", minorSplitLine: { show: true }, nameLocation: "middle" } as const;
  const line = { type: "line", symbolSize: 6 } as const;
  chart.setOption({
    animation: false,
    backgroundColor: "#fff",
    legend: { top: 8 },
    grid: { left: 64, right: 24, top: 38, bottom: 56 },
    xAxis: { ...axis, name: "training images", nameGap: 32, min: "dataMin", max: "dataMax" },
    yAxis: { ...axis, name: "weighted loss", nameGap: 44, min: ({ min }: { min: number }) => roundBelow(min) },
    series: [
      {
        ...{ ...line, showSymbol: false, lineStyle: { width: 1 }, data: training },
        name: "training",
      },
      {
        ...{ ...line, lineStyle: { width: 1.5 }, data: heldOut },
        name: "held out (averaged weights, mean over noise levels)",
      },
    ],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

/** echarts is an optional peer of the package, so it is loaded when the first curve is drawn. */
function loadCharts(): typeof import("echarts/core") {
  const load = createRequire(import.meta.url);
  const core = load("echarts/core") as typeof import("echarts/core");
  const { LineChart } = load("echarts/charts") as typeof import("echarts/charts");
  const { GridComponent, LegendComponent } = load("echarts/components") as typeof import("echarts/components");
  const { SVGRenderer } = load("echarts/renderers") as typeof import("echarts/renderers");
  core.use([LineChart, GridComponent, LegendComponent, SVGRenderer]);
  return core;
}

/** The value rounded down to one digit, followed by zeros. */
function roundBelow(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(value));
  return Math.floor(value / unit) * unit;
}

export const isReported = (entry: LogEntry): entry is TrainingReport => "heldOut" in entry;

type Length = Pick<RunConfig, "steps" | "recipe">;

/** The reports before and after the run begins to learn guidance, which raises the held-out loss on purpose. */
function reportsIn(
  log: readonly LogEntry[],
  { steps, recipe }: Length,
): { readonly plain: TrainingReport[]; readonly guided: TrainingReport[] } {
  const byPhase = Map.groupBy(log.filter(isReported), ({ step }) => phaseAt(step, steps, recipe).isGuided);
  return { plain: byPhase.get(false) ?? [], guided: byPhase.get(true) ?? [] };
}

function lowestOf(reports: readonly TrainingReport[]): TrainingReport | undefined {
  const lowest = Math.min(...reports.map(({ heldOut }) => meanLoss(heldOut)));
  return reports.find(({ heldOut }) => meanLoss(heldOut) === lowest);
}

/**
 * The report whose averaged weights the run gives: that with the lowest held-out loss or, as soon as guidance is learned, the
 * last one. Undefined before the first report.
 */
export function bestReport(log: readonly LogEntry[], length: Length): TrainingReport | undefined {
  const { plain, guided } = reportsIn(log, length);
  return guided.at(-1) ?? lowestOf(plain);
}

/** Reports are over different held-out images, so a loss that was lowest in one of the last two was still falling. */
const LAST = 2;

/** The step at which the held-out loss stopped falling, guidance apart; undefined if it fell to the end. */
export function fellUntil(log: readonly LogEntry[], length: Length): number | undefined {
  const { plain } = reportsIn(log, length);
  const lowest = lowestOf(plain);
  return lowest && !plain.slice(-LAST).includes(lowest) ? lowest.step : undefined;
}

/** A run ends after this many reports without a lower held-out loss: from then on it would learn its images by heart. */
const PATIENCE = 5;

/** Whether a run is over. A repeated run ends at the same step. */
export function isOver(log: readonly LogEntry[], length: Length): boolean {
  const reports = log.filter(isReported);
  const best = bestReport(log, length);
  if (best === undefined) return false;
  return reports.some(({ step }) => step >= length.steps) || reports.slice(-PATIENCE).every(({ step }) => step > best.step);
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

/** " in 1 h 20 min on <processor>", as far as it is known. */
export function timeAndPlace(log: readonly LogEntry[], { batch, processors }: Pick<RunConfig, "batch" | "processors">): string {
  const seconds = trainingSeconds(log, batch);
  return (Number.isNaN(seconds) ? "" : ` in ${durationOf(seconds)}`) + (processors.length > 0 ? ` on ${processors.join(" and ")}` : "");
}

/** This machine's processor, as the system names it. */
export function thisProcessor(): string {
  const cores = cpus();
  return `${cores[0]?.model.trim() || "an unknown processor"} (${cores.length} cores)`;
}
