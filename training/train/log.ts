/** The log of a training, the loss curve, and how long the training took. */
import { createRequire } from "node:module";
import { cpus } from "node:os";
import { durationOf } from "../cli/progress.ts";
import type { LogEntry } from "../course/reports.ts";
import { meanLoss } from "../network/held-out.ts";
import type { RunConfig } from "./config.ts";

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
