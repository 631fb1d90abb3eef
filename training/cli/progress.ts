/**
 * Progress of long work, in a line with rate and time left. Also signals between two pieces of work, and durations in words.
 */
import { setImmediate } from "node:timers/promises";

export interface ProgressBar {
  /** `done` items, with a short note on the state, and the total where it is another than was thought. */
  update(done: number, note?: string, total?: number): void;
  stop(): void;
}

/** Milliseconds between two lines: a terminal has one that is replaced, on stderr, anything else all of them. */
const EVERY = { terminal: 200, plain: 10_000 };

/** Starts at `start` of `total` items, if earlier work has done the first ones. */
export function progress(title: string, planned: number, start = 0): ProgressBar {
  const began = performance.now();
  const isTerminal = process.stdout.isTTY;
  let [printed, isOpen] = [isTerminal ? 0 : began, false];
  return {
    update(done, note = "", total = planned) {
      const now = performance.now();
      if (now - printed < EVERY[isTerminal ? "terminal" : "plain"] && done < total) return;
      printed = now;
      const rate = ((done - start) * 1000) / (now - began);
      const line = `${title}: ${done}/${total}, ${rate.toFixed(0)}/s, ${durationOf((total - done) / rate)} left${note && `, ${note}`}`;
      isOpen = isTerminal;
      if (isTerminal) process.stderr.write(`\r\x1b[K${line.slice(0, process.stdout.columns - 1)}`);
      else console.log(line);
    },
    stop() {
      if (isOpen) process.stderr.write("\n");
      isOpen = false;
    },
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
