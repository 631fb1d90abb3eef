/**
 * Long work: its progress, a bar with rate and time left on a terminal and plain lines elsewhere; Ctrl-C between two
 * pieces of it; times in words.
 */

import { setImmediate } from "node:timers/promises";
import { SingleBar } from "cli-progress";

export interface ProgressBar {
  /** `done` items, and a few words on how it goes. */
  update(done: number, note?: string): void;
  stop(): void;
}

const PLAIN_EVERY_MS = 10_000;

/** Begins at `start` of `total` items, which earlier work has done. */
export function progress(title: string, total: number, start = 0): ProgressBar {
  return process.stdout.isTTY ? terminalBar(title, total, start) : plainLines(title, total, start);
}

/** Items per second since the start of this process' own share of the work. */
function rateFrom(start: number): (done: number) => number {
  const began = performance.now();
  return (done) => ((done - start) * 1000) / (performance.now() - began);
}

function terminalBar(title: string, total: number, start: number): ProgressBar {
  const rate = rateFrom(start);
  const bar = new SingleBar({
    format: `${title} {bar} {percentage}% | {value}/{total} | {rate}/s | {left} left | {note}`,
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: 24,
  });
  bar.start(total, start, { rate: "-", left: "-", note: "" });
  return {
    update: (done, note = "") => bar.update(done, { rate: rate(done).toFixed(0), left: durationOf((total - done) / rate(done)), note }),
    stop: () => bar.stop(),
  };
}

function plainLines(title: string, total: number, start: number): ProgressBar {
  const rate = rateFrom(start);
  let printed = performance.now();
  return {
    update: (done, note = "") => {
      if (performance.now() - printed < PLAIN_EVERY_MS && done < total) return;
      printed = performance.now();
      console.log(
        `${title}: ${done}/${total}, ${rate(done).toFixed(0)}/s, ${durationOf((total - done) / rate(done))} left${note && `, ${note}`}`,
      );
    },
    stop: () => {},
  };
}

/** Ends the work. */
export class Interruption extends Error {}

/**
 * Hears the next Ctrl-C instead of ending the process at once: after it, what is returned throws an Interruption. It
 * takes a turn of the event loop, in which signals arrive.
 */
export function hearCtrlC(): () => Promise<void> {
  let interrupted = false;
  process.once("SIGINT", () => {
    interrupted = true;
  });
  return async () => {
    await setImmediate();
    if (interrupted) throw new Interruption();
  };
}

/** "1 h 20 min", "20 min" or "20 s"; "-" where it is not known. */
export function durationOf(seconds: number): string {
  if (!Number.isFinite(seconds)) return "-";
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** " in 1 h 20 min on <processor>", as far as it is known: seconds may be NaN. */
export const describeTraining = (seconds: number, processors: readonly string[]): string =>
  (Number.isNaN(seconds) ? "" : ` in ${durationOf(seconds)}`) + (processors.length > 0 ? ` on ${processors.join(" and ")}` : "");
