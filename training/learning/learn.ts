/**
 * The one learner, in Node and in a page: steps on batches of noisy images, reports of the held-out loss, and sheets that show
 * the network as it is. Also how long its steps take on this machine. It writes nothing; whoever runs it keeps what its events bring.
 */
import type { Denoise } from "../../wasm-model/sampling/sampler.ts";
import { classesInTurn, drawImages } from "../measure/images.ts";
import { SHEET_IMAGES } from "../measure/sheets.ts";
import { heldOutLoss, meanLoss } from "../network/held-out.ts";
import { modelOf } from "../network/parameters.ts";
import { tensorDenoiser } from "../network/score-network.ts";
import { paddedSplit, type Split } from "../network/split.ts";
import { roughDenoiser } from "../quantize/calibrate.ts";
import { trainingBatches } from "./batches.ts";
import type { TrainingState } from "./checkpoint.ts";
import { LEAST_IMAGES } from "./defaults.ts";
import { modeAt, rateAt } from "./recipe.ts";
import {
  bestReport,
  coolDownAfter,
  coolDownIn,
  isOver,
  isReported,
  isReportStep,
  type LogEntry,
  mustCoolDown,
  reportsOf,
  stepsLeft,
  type TrainingReport,
} from "./reports.ts";
import { type About, cardFor, type TrainingSettings } from "./settings.ts";
import type { Trainer } from "./trainer.ts";

export type LearningEvent =
  /** `loss`: mean weighted loss of the step's batch, before it. `reportFollows`: the next event is a report, which may take long. */
  | { readonly type: "step"; readonly step: number; readonly loss: number; readonly seconds: number; readonly reportFollows: boolean }
  /** `isBest`: the run gives the averaged weights of now, unless a better report follows. */
  | { readonly type: "report"; readonly report: TrainingReport; readonly isBest: boolean }
  /** Images of the averaged weights, of the classes in turn, as bytes [N, H, W, C]: finished, but not cut out, which is learned later. */
  | { readonly type: "sheet"; readonly step: number; readonly images: Uint8Array }
  /** From here on the run cools down, from the state of its best report, which is the trainer's now. */
  | { readonly type: "cool-down" }
  | { readonly type: "done" };

export interface LearningHost {
  /** The run's log so far, to which its reports and its cool-down are added. */
  readonly log: LogEntry[];
  /** The state of the best report. */
  readonly best: () => TrainingState | undefined;
  /** Asked before each step: the most steps of a cool-down that has to begin now. */
  readonly stop?: () => number | undefined;
  /** Awaited between two pieces of work, so that the host can hear of what goes on. What it throws ends the learning. */
  readonly pause: () => Promise<void>;
  /** Milliseconds between two sheets, at least. */
  readonly sheetEvery: number;
}

/** A run's images. `pictures`: how they were made, which decides how the images of a sheet look. */
export interface LearnedImages {
  readonly train: Split;
  readonly validation: Split;
  readonly pictures: NonNullable<About["pictures"]>;
}

/** The next sheet waits so many times as long as the last one took. */
const SHEET_SHARE = 5;

/** The network has diverged; `message` says what was expected. */
export class Divergence extends Error {}

/** The held-out loss of a network that has diverged; an untrained one's is about 1, and less than 100 with pictures that are nearly one colour. */
const DIVERGED = 1000;

/**
 * Learns to the end of the run, which the reports decide, and frees what the trainer has on the device, however it ends. Throws a
 * Divergence, and what `pause` throws.
 */
export async function* learn(
  settings: TrainingSettings,
  { train, validation, pictures }: LearnedImages,
  trainer: Trainer,
  { log, best, stop, pause, sheetEvery }: LearningHost,
): AsyncGenerator<LearningEvent> {
  const { spec, recipe, batch, seed, labels } = settings;
  const { tf } = trainer;
  const batchAt = trainingBatches(train, spec.classes, batch, recipe, seed, settings);
  const heldOut = paddedSplit(validation, settings);
  const extent = reportsOf(settings, heldOut.count);
  const isReportDue = (): boolean => {
    const { step } = trainer;
    return isReportStep(step, log, settings, extent) && !log.some((entry) => isReported(entry) && entry.step === step);
  };

  function expectLess(value: number, bound: number, what: string): void {
    if (!(value < bound)) throw new Divergence(`Expected ${what} but received ${threeDigits(value)}`);
  }

  /** Over the same images and noise each time. */
  async function measureHeldOut(): Promise<LearningEvent> {
    const { step } = trainer;
    const { images: count, draws } = extent;
    const denoise = interruptible(tensorDenoiser(tf, spec, trainer.average()), pause);
    const levels = await heldOutLoss(denoise, spec, heldOut, { count, draws });
    expectLess(meanLoss(levels), DIVERGED, `a held-out loss below ${DIVERGED}`);
    const report = { step, heldOut: levels };
    log.push(report);
    return { type: "report", report, isBest: bestReport(log, settings) === report };
  }

  /** Begins the cool-down if it is time, of at most so many steps. */
  function* coolDown(most = Number.POSITIVE_INFINITY): Generator<LearningEvent> {
    const { step } = trainer;
    const state = best();
    if (state && bestReport(log, settings)?.step !== log.findLast(isReported)?.step) trainer.goOnFrom(state);
    log.push({ step, coolDown: Math.min(coolDownAfter(step, settings), Math.max(1, most)) });
    yield { type: "cool-down" };
  }

  async function* report(): AsyncGenerator<LearningEvent> {
    yield await measureHeldOut();
    if (mustCoolDown(log, settings)) yield* coolDown();
  }

  async function sheet(): Promise<Uint8Array> {
    const card = cardFor(settings, { name: "sheet", data: "", dataLicence: "", pictures });
    const denoiser = await roughDenoiser(modelOf(card, trainer.parameters("average")));
    try {
      const classes = classesInTurn(SHEET_IMAGES, labels);
      return await drawImages({ card, denoiser }, { seed, classes });
    } finally {
      await denoiser.dispose();
    }
  }

  try {
    if (isReportDue()) yield* report();
    else if (mustCoolDown(log, settings)) yield* coolDown();
    let [shown, cost] = [Number.NEGATIVE_INFINITY, 0];
    while (!isOver(log, settings)) {
      await pause();
      const most = trainer.step > 0 && !coolDownIn(log) ? stop?.() : undefined;
      if (most !== undefined) yield* coolDown(most);
      const began = performance.now();
      if (began - shown > Math.max(sheetEvery, SHEET_SHARE * cost)) {
        const images = await sheet();
        shown = performance.now();
        cost = shown - began;
        yield { type: "sheet", step: trainer.step, images };
        continue;
      }
      const next = trainer.step + 1;
      const loss = await trainer.advance(batchAt(next), rateAt(settings, next, coolDownIn(log)), modeAt(next, recipe, coolDownIn(log)));
      expectLess(loss, Number.POSITIVE_INFINITY, "a finite loss");
      const reportFollows = isReportDue();
      yield { type: "step", step: next, loss, seconds: (performance.now() - began) / 1000, reportFollows };
      if (reportFollows) yield* report();
    }
    yield { type: "done" };
  } finally {
    trainer.dispose();
  }
}

/** The same denoiser, which awaits `pause` before each evaluation; what that throws ends the work. */
export const interruptible =
  (denoise: Denoise, pause: () => Promise<void>): Denoise =>
  async (...input) => {
    await pause();
    return denoise(...input);
  };

/** To three digits. */
export const threeDigits = (value: number): number => Number(value.toPrecision(3));

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
  const images = (Math.max(1, seconds) / perStep) * run.batch;
  return Math.max(LEAST_IMAGES, toTwoDigits(images));
}

/** Rounded down, so that runs of one machine have the same plan. */
export function toTwoDigits(value: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
  return Math.floor(value / unit) * unit;
}
