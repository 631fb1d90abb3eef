/** How long a run took, and on what. */
import { cpus } from "node:os";
import { describeTraining } from "../cli/duration.ts";
import type { RunConfig } from "./config.ts";
import type { LogEntry } from "./folder.ts";

/** Seconds of training, reports included, over all sessions: each line of the log tells the speed since the one before. NaN when it does not. */
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

/** " in 1 h 20 min on <processor>", as far as the run tells. */
export function timeAndPlace(log: readonly LogEntry[], { batch, processors = [] }: Pick<RunConfig, "batch" | "processors">): string {
  return describeTraining(trainingSeconds(log, batch), processors);
}

/** This machine's processor, as /proc/cpuinfo and the like call it. */
export function thisProcessor(): string {
  const cores = cpus();
  return `${cores[0]?.model.trim() || "an unknown processor"} (${cores.length} cores)`;
}
