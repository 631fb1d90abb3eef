/** Progress of long work: a bar with rate and time left on a terminal, plain lines elsewhere. */
import { SingleBar } from "cli-progress";
import { durationOf } from "./duration.ts";

export interface Progress {
  /** `done` items, and a few words on how it goes. */
  update(done: number, note?: string): void;
  stop(): void;
}

const PLAIN_EVERY_MS = 10_000;

/** Begins at `start` of `total` items, which earlier work has done. */
export function progress(title: string, total: number, start = 0): Progress {
  return process.stdout.isTTY ? terminalBar(title, total, start) : plainLines(title, total, start);
}

/** Items per second since the start of this process' own share of the work. */
function rateFrom(start: number): (done: number) => number {
  const began = performance.now();
  return (done) => ((done - start) * 1000) / (performance.now() - began);
}

function terminalBar(title: string, total: number, start: number): Progress {
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

function plainLines(title: string, total: number, start: number): Progress {
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
