/** Line plots as images (SVG). */
import { createRequire } from "node:module";

/** echarts is an optional peer of the package, so it is loaded when the first plot is drawn. */
function loadCharts(): typeof import("echarts/core") {
  const load = createRequire(import.meta.url);
  const core = load("echarts/core") as typeof import("echarts/core");
  const { LineChart } = load("echarts/charts") as typeof import("echarts/charts");
  const { GridComponent, LegendComponent, TitleComponent } = load("echarts/components") as typeof import("echarts/components");
  const { SVGRenderer } = load("echarts/renderers") as typeof import("echarts/renderers");
  core.use([LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);
  return core;
}

export interface Series {
  /** Series of the same name share a colour and a place in the legend. */
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Dashed lines mark a second kind of series. */
  readonly dashed?: boolean;
  /** A thin line without marks, for series of many points. */
  readonly dense?: boolean;
}

export interface Plot {
  readonly title?: string;
  readonly x: string;
  readonly y: string;
  readonly series: readonly Series[];
}

const LINE_HEIGHT = 20;
const TITLE_HEIGHT = 26;
const NAMES_IN_A_ROW = 4;

/** The value rounded down to one digit, followed by zeros. */
function roundBelow(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(value));
  return Math.floor(value / unit) * unit;
}

/** Lines over two logarithmic axes, as an SVG document. */
export function logLogPlot({ title, x, y, series }: Plot): string {
  const legendTop = 8 + (title === undefined ? 0 : TITLE_HEIGHT);
  const legendHeight = LINE_HEIGHT * Math.ceil(new Set(series.map(({ name }) => name)).size / NAMES_IN_A_ROW);
  const top = legendTop + legendHeight + 10;
  const chart = loadCharts().init(null, null, { renderer: "svg", ssr: true, width: 720, height: top + 376 });
  const axis = { type: "log", minorSplitLine: { show: true }, nameLocation: "middle" } as const;
  chart.setOption({
    animation: false,
    backgroundColor: "#fff",
    title: { text: title ?? "", left: "center", top: 8, textStyle: { fontSize: 14 } },
    legend: { top: legendTop },
    grid: { left: 64, right: 24, top, bottom: 56 },
    xAxis: { ...axis, name: x, nameGap: 32, min: "dataMin", max: "dataMax" },
    yAxis: { ...axis, name: y, nameGap: 44, min: ({ min }: { min: number }) => roundBelow(min) },
    series: series.map(({ name, points, dashed, dense }) => ({
      name,
      type: "line",
      showSymbol: !dense,
      symbolSize: 6,
      lineStyle: { width: dense ? 1 : 1.5, type: dashed ? "dashed" : "solid" },
      data: points.map((point) => [...point]),
    })),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
