/** What people look at while a run goes on: the loss curve (SVG) and a grid of samples (PNG). */
import { type ModelCard, pictureShape } from "../../wasm-model/model/card.ts";
import type { NetworkSpec } from "../../wasm-model/network/spec.ts";
import { grid } from "../../wasm-model/render/image/grid.ts";
import { encodePng } from "../../wasm-model/render/image/png.ts";
import { toPicture } from "../../wasm-model/render/picture.ts";
import { logLogPlot } from "../cli/plots.ts";
import { type Denoise, draw, shownClasses } from "../network/draw.ts";
import type { HeldOutLoss } from "../network/held-out.ts";
import type { RunConfig } from "../train/config.ts";
import type { LogEntry } from "./folder.ts";

/** Training loss (where guidance is distilled: against the teacher) and mean held-out loss against training images, both axes logarithmic, as an SVG document. */
export function lossCurve(log: readonly LogEntry[], { batch, guidance }: Pick<RunConfig, "batch" | "guidance">): string {
  const training = log.flatMap((entry) => ("loss" in entry ? [[entry.step * batch, entry.loss] as const] : []));
  const heldOut = log.flatMap((entry) => ("heldOut" in entry ? [[entry.step * batch, meanLoss(entry.heldOut)] as const] : []));
  return logLogPlot({
    x: "training images",
    y: "weighted loss",
    series: [
      { name: guidance ? "training, against the guided teacher" : "training", points: training, dense: true },
      { name: "held out, against clean images (averaged weights, mean over noise levels)", points: heldOut },
    ],
  });
}

const meanLoss = (levels: readonly HeldOutLoss[]): number => levels.reduce((sum, { loss }) => sum + loss, 0) / levels.length;

/** Samples of each class in a grid. */
export const COLUMNS = 8;

/** Samples in the grid of a network. */
export const gridSize = ({ classes }: NetworkSpec): number => COLUMNS * shownClasses(classes).length;

/** A PNG of eight samples of each class (of many, some), a class a row; sample k has the seed `${seed}/${k}`. */
export async function sampleGrid(card: ModelCard, denoise: Denoise, seed: string): Promise<Uint8Array> {
  const classes = shownClasses(card.spec.classes).flatMap((label) => Array<number>(COLUMNS).fill(label));
  const values = await draw(card, denoise, { classes, seed });
  const size = values.length / classes.length;
  const images = classes.map((_, k) => toPicture(values.subarray(k * size, (k + 1) * size), pictureShape(card), card));
  return encodePng(grid(images, COLUMNS));
}
