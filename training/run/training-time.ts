/** How long a run took, and on what. */
import { cpus } from "node:os";
import type { RunConfig } from "../train/config.ts";
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

/** "1 h 20 min", "20 min" or "20 s". */
export function durationOf(seconds: number): string {
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** " in 1 h 20 min on <processor>", as far as the run tells. */
export function timeAndPlace(log: readonly LogEntry[], { batch, processors = [] }: Pick<RunConfig, "batch" | "processors">): string {
  return describeTraining(trainingSeconds(log, batch), processors);
}

/** The same of a time in seconds, or NaN. */
export const describeTraining = (seconds: number, processors: readonly string[]): string =>
  (Number.isNaN(seconds) ? "" : ` in ${durationOf(seconds)}`) + (processors.length > 0 ? ` on ${processors.join(" and ")}` : "");

/** This machine's processor, as /proc/cpuinfo and the like call it. */
export function thisProcessor(): string {
  const cores = cpus();
  return `${cores[0]?.model.trim() || "an unknown processor"} (${cores.length} cores)`;
}
