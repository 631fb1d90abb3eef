/** How long learning takes on this machine, by some steps whose results are discarded. */
import { LEAST_IMAGES } from "./defaults.ts";
import { type LearningHost, learn } from "./learn.ts";
import { stepsLeft } from "./reports.ts";
import type { TrainingSettings } from "./settings.ts";
import type { Trainer } from "./trainer.ts";

/** The first steps of a run, which compile and allocate, and those that are timed. */
const [FIRST, TIMED] = [2, 8];

/** Seconds of a step: the median of several. The trainer can no longer be used. */
export async function secondsPerStep(
  settings: TrainingSettings,
  data: Parameters<typeof learn>[1],
  trainer: Trainer,
  pause: LearningHost["pause"],
): Promise<number> {
  const seconds: number[] = [];
  for await (const event of learn(settings, data, trainer, { log: [], best: () => undefined, pause, sheetEvery: Number.POSITIVE_INFINITY }))
    if (event.type === "step" && seconds.push(event.seconds) === FIRST + TIMED) break;
  const timed = seconds.slice(Math.min(FIRST, seconds.length - 1)).sort((a, b) => a - b);
  return timed[Math.floor(timed.length / 2)];
}

/** Training images that fit a time, by the seconds of a step without guidance: to two digits, so that runs of one machine have the same plan. */
export function imagesWithin(seconds: number, secondsPerStep: number, run: Pick<TrainingSettings, "batch" | "recipe" | "steps">): number {
  const perStep = (secondsPerStep * stepsLeft(run, 0)) / run.steps;
  const images = (seconds / perStep) * run.batch;
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(images)) - 1);
  return Math.max(LEAST_IMAGES, Math.floor(images / unit) * unit);
}
