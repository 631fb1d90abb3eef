/** Progress of long work, Ctrl-C between two pieces of work, and durations in words. */
import { setImmediate } from "node:timers/promises";

export interface ProgressBar {
  /** `done` items, with a short note on the state. */
  update(done: number, note?: string): void;
  stop(): void;
}

/** Milliseconds between two lines: on a terminal each replaces the one before. */
const EVERY = process.stdout.isTTY ? 100 : 10_000;

/** A line with rate and time left. It starts at `start` of `total` items, if earlier work has done the first ones. */
export function progress(title: string, total: number, start = 0): ProgressBar {
  const began = performance.now();
  let printed = process.stdout.isTTY ? 0 : began;
  return {
    update(done, note = "") {
      const now = performance.now();
      if (now - printed < EVERY && done < total) return;
      printed = now;
      const rate = ((done - start) * 1000) / (now - began);
      const line = `${title}: ${done}/${total}, ${rate.toFixed(0)}/s, ${durationOf((total - done) / rate)} left${note && `, ${note}`}`;
      if (process.stdout.isTTY) process.stdout.write(`\r${line.slice(0, process.stdout.columns - 1)}\x1b[K`);
      else console.log(line);
    },
    stop: () => void (process.stdout.isTTY && process.stdout.write("\n")),
  };
}

/** Thrown to end the work after Ctrl-C. */
export class Interruption extends Error {}

/** After the next Ctrl-C the returned function throws an Interruption. Each call takes a turn, in which signals arrive. */
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

/** "1 h 20 min", "20 min" or "20 s"; "-" if unknown. */
export function durationOf(seconds: number): string {
  if (!Number.isFinite(seconds)) return "-";
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
