/** The reports of a run: how many it can afford, what they say, and what follows from them. */

import { gridSize } from "../network/draw.ts";
import { HELD_OUT_SIGMAS, type HeldOutLoss, meanLoss } from "../network/held-out.ts";
import { modeAt } from "./recipe.ts";
import type { TrainingSettings } from "./settings.ts";

/** A line of log.jsonl: of the steps since the line before, or of a report. `step`: steps done. */
export type LogEntry =
  | { readonly step: number; readonly loss: number; readonly learningRate: number; readonly imagesPerSecond: number }
  | TrainingReport;

export interface TrainingReport {
  readonly step: number;
  readonly heldOut: readonly HeldOutLoss[];
}

/** Cost of a training image, in network evaluations: the forward pass is 1, the backward pass 2. */
export const TRAINING_EVALUATIONS = 3;
/** The reports and the last held-out loss each cost at most this share of the training. */
const SHARE = 0.1;
/** Most reports (held-out loss and a sample grid) in a run; as many as are paid for before each takes more images; the fewest, whatever they cost. */
const [MOST_REPORTS, REPORTS, FEWEST_REPORTS] = [20, 12, 8];
/** Most noisy images of a report at each level, and the fewest of a set that has as many. */
const [MOST_IMAGES, FEWEST_IMAGES] = [500, 32];

/** Evaluations that one such share allows. */
const allowance = (images: number): number => SHARE * TRAINING_EVALUATIONS * images;

export interface Reports {
  readonly count: number;
  /** Images of each report, the same ones, and the draws of noise for each image. */
  readonly images: number;
  readonly draws: number;
}

/** The reports of a run of `images` training images, over a set of `heldOut` images. */
export function reportsOf({ images, spec, sampling }: Pick<TrainingSettings, "images" | "spec" | "sampling">, heldOut: number): Reports {
  const grid = gridSize(spec) * sampling.steps;
  const levels = HELD_OUT_SIGMAS.length;
  const affordable = Math.min(MOST_IMAGES, Math.floor((allowance(images) / REPORTS - grid) / levels));
  const used = Math.min(heldOut, Math.max(FEWEST_IMAGES, affordable));
  const draws = Math.max(1, Math.floor(affordable / used));
  const count = Math.floor(allowance(images) / (used * draws * levels + grid));
  return { count: Math.min(MOST_REPORTS, Math.max(FEWEST_REPORTS, count)), images: used, draws };
}

/** Images of a folder `test` that are measured at the end. */
export const testImagesOf = ({ images }: Pick<TrainingSettings, "images">, test: number): number =>
  Math.min(test, Math.max(MOST_IMAGES, Math.floor(allowance(images) / HELD_OUT_SIGMAS.length)));

/** Whether a report follows this step of `steps`. */
export function isReportStep(step: number, steps: number, { count }: Pick<Reports, "count">): boolean {
  const interval = Math.max(1, Math.floor(steps / count));
  return step === steps || (step > 0 && step % interval === 0 && steps - step >= interval / 2);
}

export const isReported = (entry: LogEntry): entry is TrainingReport => "heldOut" in entry;

type Length = Pick<TrainingSettings, "steps" | "recipe">;

/** The reports before and after the run begins to learn guidance, which raises the held-out loss on purpose. */
function reportsIn(
  log: readonly LogEntry[],
  { steps, recipe }: Length,
): { readonly plain: TrainingReport[]; readonly guided: TrainingReport[] } {
  const [plain, guided] = [false, true].map((isGuided) =>
    log.filter(isReported).filter(({ step }) => modeAt(step, steps, recipe).isGuided === isGuided),
  );
  return { plain, guided };
}

function lowestOf(reports: readonly TrainingReport[]): TrainingReport | undefined {
  const lowest = Math.min(...reports.map(({ heldOut }) => meanLoss(heldOut)));
  return reports.find(({ heldOut }) => meanLoss(heldOut) === lowest);
}

/**
 * The report whose averaged weights the run gives: that with the lowest held-out loss or, as soon as guidance is learned, the
 * last one. Undefined before the first report.
 */
export function bestReport(log: readonly LogEntry[], length: Length): TrainingReport | undefined {
  const { plain, guided } = reportsIn(log, length);
  return guided.at(-1) ?? lowestOf(plain);
}

/** From one report to the next a loss may rise by chance: one that was lowest in one of the last two was still falling. */
const LAST = 2;

/** The step at which the held-out loss stopped falling, guidance apart; undefined if it fell to the end. */
export function fellUntil(log: readonly LogEntry[], length: Length): number | undefined {
  const { plain } = reportsIn(log, length);
  const lowest = lowestOf(plain);
  return lowest && !plain.slice(-LAST).includes(lowest) ? lowest.step : undefined;
}

/** A run ends after this many reports without a lower held-out loss: from then on it would learn its images by heart. */
const PATIENCE = 5;

/** Whether a run is over. A repeated run ends at the same step. */
export function isOver(log: readonly LogEntry[], length: Length): boolean {
  const reports = log.filter(isReported);
  const best = bestReport(log, length);
  if (best === undefined) return false;
  return reports.some(({ step }) => step >= length.steps) || reports.slice(-PATIENCE).every(({ step }) => step > best.step);
}
