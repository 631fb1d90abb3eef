/** What people look at while a run goes on: the loss curve (SVG) and a grid of samples (PNG). */
import { LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, TitleComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import type { SamplingDefaults } from "../wasm-model/card.ts";
import { grid } from "../wasm-model/image/grid.ts";
import { toPixels } from "../wasm-model/image/pixels.ts";
import { encodePng } from "../wasm-model/image/png.ts";
import type { NetworkSpec } from "../wasm-model/network.ts";
import { gaussians, seedState } from "../wasm-model/random.ts";
import { createSampler, runSampler } from "../wasm-model/sampler/index.ts";
import type { LogEntry } from "./run.ts";

use([LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

/** Training loss and mean held-out loss against training images, both axes logarithmic, as an SVG document. */
export function lossCurve(log: readonly LogEntry[], batch: number): string {
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
      { name: "training (mean of 50 steps)", type: "line", showSymbol: false, lineStyle: { width: 1 }, data: training },
      { name: "held out (averaged weights, mean over noise levels)", type: "line", symbolSize: 5, data: heldOut },
    ],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

/** Samples of each class in a grid. */
export const COLUMNS = 8;

/** A PNG of eight samples of each class, a class a row; the seeds are those of `${seed}/${k}`. */
export async function sampleGrid(
  spec: NetworkSpec,
  sampling: SamplingDefaults,
  denoise: (x: Float32Array, sigma: number, labels: Float32Array) => Float32Array | Promise<Float32Array>,
  seed: string,
): Promise<Uint8Array> {
  const images = spec.classes * COLUMNS;
  const imageSize = spec.channels * spec.height * spec.width;
  const labels = new Float32Array(images * spec.classes);
  for (let k = 0; k < images; k++) labels[k * spec.classes + Math.floor(k / COLUMNS)] = 1;
  const states = Array.from({ length: images }, (_, k) => seedState(`${seed}/${k}`));
  const noise = (image: number, draw: number, out: Float32Array): void => gaussians(states[image], draw, out);
  const sampler = createSampler(sampling.sampler, sampling.steps, sampling, { images, imageSize, noise });
  const values = await runSampler(sampler, (x, sigma) => denoise(x, sigma, labels));
  const cells = states.map((_, k) => ({
    pixels: toPixels(values.subarray(k * imageSize, (k + 1) * imageSize), spec.channels),
    width: spec.width,
    height: spec.height,
    channels: spec.channels,
  }));
  return encodePng(grid(cells, COLUMNS));
}
