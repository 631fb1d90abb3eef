/** The log of a training, the loss curve, and how long the training took. */
import { cpus } from "node:os";
import { logLogPlot } from "../cli/plots.ts";
import { describeTraining } from "../cli/progress.ts";
import type { HeldOutLoss } from "../network/held-out.ts";
import type { AtStep, SpeedLine } from "../run/folder.ts";
import type { RunConfig } from "./config.ts";

/** A line of log.jsonl. `step` counts from 1. */
export type LogEntry = (SpeedLine & { readonly loss: number }) | TrainingReport;

export interface TrainingReport extends AtStep {
  readonly heldOut: readonly HeldOutLoss[];
  /** Test images that the loss is averaged over; missing in runs of earlier versions. */
  readonly testImages?: number;
}

/**
 * Training loss (against the teacher if guidance is distilled) and mean held-out loss against training images, as an
 * SVG document with two logarithmic axes.
 */
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
  return seconds > 0 && Number.isFinite(seconds) ? seconds : Number.NaN;
}

/** " in 1 h 20 min on <processor>", as far as it is known. */
export function timeAndPlace(log: readonly LogEntry[], { batch, processors = [] }: Pick<RunConfig, "batch" | "processors">): string {
  return describeTraining(trainingSeconds(log, batch), processors);
}

/** This machine's processor, as the system names it. */
export function thisProcessor(): string {
  const cores = cpus();
  return `${cores[0]?.model.trim() || "an unknown processor"} (${cores.length} cores)`;
}
