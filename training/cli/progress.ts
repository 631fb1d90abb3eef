/**
 * Progress of long work: on a terminal a bar with rate and time left, elsewhere plain lines. Also signals between two
 * pieces of work, and durations in words.
 */
import { setImmediate } from "node:timers/promises";
import { SingleBar } from "cli-progress";

export interface ProgressBar {
  /** `done` items, with a short note on the state, and the total where it is another than was thought. */
  update(done: number, note?: string, total?: number): void;
  stop(): void;
}

const PLAIN_EVERY_MS = 10_000;

/** Starts at `start` of `total` items, if earlier work has done the first ones. */
export function progress(title: string, planned: number, start = 0): ProgressBar {
  const began = performance.now();
  const speedAt = (done: number, total: number) => {
    const rate = ((done - start) * 1000) / (performance.now() - began);
    return { rate: rate.toFixed(0), left: durationOf((total - done) / rate) };
  };
  if (process.stdout.isTTY) {
    const format = `${title} {bar} {percentage}% | {value}/{total} | {rate}/s | {left} left | {note}`;
    const bar = new SingleBar({ format, barCompleteChar: "█", barIncompleteChar: "░", barsize: 24 });
    bar.start(planned, start, { rate: "-", left: "-", note: "" });
    return {
      update(done, note = "", total = planned) {
        bar.setTotal(total);
        bar.update(done, { ...speedAt(done, total), note });
      },
      stop: () => bar.stop(),
    };
  }
  let printed = began;
  return {
    update(done, note = "", total = planned) {
      if (performance.now() - printed < PLAIN_EVERY_MS && done < total) return;
      printed = performance.now();
      const { rate, left } = speedAt(done, total);
      console.log(`${title}: ${done}/${total}, ${rate}/s, ${left} left${note && `, ${note}`}`);
    },
    stop: () => {},
  };
}

/** Thrown to leave at once, with this exit code. */
export class Interruption extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super();
    this.exitCode = exitCode;
  }
}

export interface Signals {
  /** Whether Ctrl-C was pressed: the work is to come to an end of its own. */
  readonly isStopping: () => boolean;
  /** Takes a turn, in which signals arrive. Throws an Interruption after a second Ctrl-C, and after SIGTERM. */
  readonly pause: () => Promise<void>;
}

/** npm passes a Ctrl-C on that the terminal has sent already: within so many milliseconds it is the same one. */
const SAME = 500;

export function hearSignals(): Signals {
  let first: number | undefined;
  let exitCode: number | undefined;
  process.on("SIGINT", () => {
    first ??= performance.now();
    if (performance.now() - first > SAME) exitCode = 130;
  });
  process.once("SIGTERM", () => (exitCode = 143));
  return {
    isStopping: () => first !== undefined,
    pause: async () => {
      await setImmediate();
      if (exitCode !== undefined) throw new Interruption(exitCode);
    },
  };
}

/** "1 h 20 min", "20 min" or "20 s"; "-" if unknown. */
export function durationOf(seconds: number): string {
  if (!Number.isFinite(seconds)) return "-";
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
