/** The loss curve of a run, an SVG document. */
import { logLogPlot } from "../cli/plots.ts";
import type { HeldOutLoss } from "../network/held-out.ts";
import type { RunConfig } from "./config.ts";
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
