/** What people look at while a run goes on: the loss curve (SVG) and a grid of samples (PNG). */
import { LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, TitleComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { type ModelCard, pictureShape } from "../../wasm-model/model/card.ts";
import { grid } from "../../wasm-model/render/image/grid.ts";
import { encodePng } from "../../wasm-model/render/image/png.ts";
import { toPicture } from "../../wasm-model/render/picture.ts";
import { type Denoise, draw } from "../network/draw.ts";
import type { RunConfig } from "./config.ts";
import type { LogEntry } from "./folder.ts";

use([LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

/** Training loss (where guidance is distilled: against the teacher) and mean held-out loss against training images, both axes logarithmic, as an SVG document. */
export function lossCurve(log: readonly LogEntry[], { batch, guidance }: Pick<RunConfig, "batch" | "guidance">): string {
  const training = log.flatMap((entry) => ("loss" in entry ? [[entry.step * batch, entry.loss]] : []));
  const heldOut = log.flatMap((entry) =>
    "heldOut" in entry ? [[entry.step * batch, entry.heldOut.reduce((sum, { loss }) => sum + loss, 0) / entry.heldOut.length]] : [],
  );
  const chart = init(null, null, { renderer: "svg", ssr: true, width: 720, height: 400 });
  const axis = { type: "log", minorSplitLine: { show: true }, nameLocation: "middle" } as const;
  chart.setOption({
    animation: false,
    backgroundColor: "#fff",
    legend: { top: 8 },
    grid: { left: 64, right: 24, top: 48, bottom: 56 },
    xAxis: { ...axis, name: "training images", nameGap: 32 },
    yAxis: { ...axis, name: "weighted loss", nameGap: 44, min: "dataMin" },
    series: [
      {
        name: guidance ? "training, against the guided teacher" : "training",
        type: "line",
        showSymbol: false,
        lineStyle: { width: 1 },
        data: training,
      },
      { name: "held out, against clean images (averaged weights, mean over noise levels)", type: "line", symbolSize: 5, data: heldOut },
    ],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

/** Samples of each class in a grid. */
export const COLUMNS = 8;

/** A PNG of eight samples of each class, a class a row; sample k has the seed `${seed}/${k}`. */
export async function sampleGrid(card: ModelCard, denoise: Denoise, seed: string): Promise<Uint8Array> {
  const classes = Array.from({ length: card.spec.classes * COLUMNS }, (_, k) => Math.floor(k / COLUMNS));
  const values = await draw(card, denoise, { classes, seed });
  const size = values.length / classes.length;
  const images = classes.map((_, k) => toPicture(values.subarray(k * size, (k + 1) * size), pictureShape(card), card));
  return encodePng(grid(images, COLUMNS));
}
