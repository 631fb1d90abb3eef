/** The reports of a run: how many it can afford, what they say, and what follows from them. */

import { HELD_OUT_SIGMAS, type HeldOutLoss, meanLoss } from "../network/held-out.ts";
import type { CoolDown } from "./recipe.ts";
import type { TrainingSettings } from "./settings.ts";

/** A line of log.jsonl: of the steps since the line before, of a report, or of the cool-down that begins. `step`: steps done. */
export type LogEntry =
  | { readonly step: number; readonly loss: number; readonly learningRate: number; readonly imagesPerSecond: number }
  | TrainingReport
  | { readonly step: number; readonly coolDown: number };

export interface TrainingReport {
  readonly step: number;
  readonly heldOut: readonly HeldOutLoss[];
}

/** Cost of a training image, in network evaluations: the forward pass is 1, the backward pass 2. */
export const TRAINING_EVALUATIONS = 3;

/** The reports and the last held-out loss each cost at most this share of the training, but for the fewest reports. */
const SHARE = 0.1;
/** Most reports in a run; as many as are paid for before each takes more images; the fewest, whatever they cost. */
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
export function reportsOf({ images }: Pick<TrainingSettings, "images">, heldOut: number): Reports {
  const levels = HELD_OUT_SIGMAS.length;
  const affordable = Math.min(MOST_IMAGES, Math.floor(allowance(images) / REPORTS / levels));
  const used = Math.min(heldOut, Math.max(FEWEST_IMAGES, affordable));
  const draws = Math.max(1, Math.floor(affordable / used));
  const count = Math.floor(allowance(images) / (used * draws * levels));
  return { count: Math.min(MOST_REPORTS, Math.max(FEWEST_REPORTS, count)), images: used, draws };
}

const evaluationsOfReport = ({ images, draws }: Omit<Reports, "count">): number => HELD_OUT_SIGMAS.length * images * draws;

/** Evaluations of a step. To learn guidance, an image is also denoised by the pretrained network. */
const evaluationsOfStep = ({ batch, recipe: { guidance } }: Pick<TrainingSettings, "batch" | "recipe">, isCooling: boolean): number =>
  batch * (TRAINING_EVALUATIONS + Number(isCooling && guidance.weight !== 1));

/** Evaluations of all reports, and of the last held-out loss over a folder `test`. */
export function evaluationsBeside(run: Pick<TrainingSettings, "images">, validation: number, test: number): number {
  const reports = reportsOf(run, validation);
  return reports.count * evaluationsOfReport(reports) + HELD_OUT_SIGMAS.length * testImagesOf(run, test);
}

/** Evaluations of the steps after `done`, if the loss falls to the end, in multiples of a step without guidance. */
export function stepsLeft(run: Pick<TrainingSettings, "batch" | "recipe" | "steps">, done: number): number {
  const stable = Math.ceil(run.recipe.stableShare * run.steps);
  const cooling = coolDownAfter(stable, run);
  const [before, after] = [Math.max(0, stable - done), Math.min(cooling, Math.max(0, stable + cooling - done))];
  return before + (after * evaluationsOfStep(run, true)) / evaluationsOfStep(run, false);
}

/** Images of a folder `test` that are measured at the end. */
export const testImagesOf = ({ images }: Pick<TrainingSettings, "images">, test: number): number =>
  Math.min(test, Math.max(MOST_IMAGES, Math.floor(allowance(images) / HELD_OUT_SIGMAS.length)));

export const isReported = (entry: LogEntry): entry is TrainingReport => "heldOut" in entry;

type Length = Pick<TrainingSettings, "steps" | "recipe" | "palette">;
type Log = readonly LogEntry[];

/** The cool-down that the run has begun. */
export function coolDownIn(log: Log): CoolDown | undefined {
  for (const entry of log) if ("coolDown" in entry) return { step: entry.step, steps: entry.coolDown };
  return undefined;
}

/** The last step, as far as it is known. */
export function endOf(log: Log, { steps }: Pick<Length, "steps">): number {
  const coolDown = coolDownIn(log);
  return coolDown ? coolDown.step + coolDown.steps : steps;
}

/** Whether a report follows this step. In the cool-down only its last one: nothing follows from others. */
export function isReportStep(step: number, log: Log, length: Pick<Length, "steps">, { count }: Pick<Reports, "count">): boolean {
  const [interval, end] = [Math.max(1, Math.floor(length.steps / count)), endOf(log, length)];
  return step === end || (!coolDownIn(log) && step > 0 && step % interval === 0 && end - step >= interval / 2);
}

/** The reports at the constant rate, and those of the cool-down, which may raise the held-out loss: it learns rounding and guidance. */
function reportsIn(log: Log): { readonly stable: TrainingReport[]; readonly cooling: TrainingReport[] } {
  const { step: last = Number.POSITIVE_INFINITY } = coolDownIn(log) ?? {};
  const [stable, cooling] = [false, true].map((isCooling) => log.filter(isReported).filter(({ step }) => step > last === isCooling));
  return { stable, cooling };
}

function lowestOf(reports: readonly TrainingReport[]): TrainingReport | undefined {
  const lowest = Math.min(...reports.map(({ heldOut }) => meanLoss(heldOut)));
  return reports.find(({ heldOut }) => meanLoss(heldOut) === lowest);
}

/**
 * The report whose averaged weights the run gives: that with the lowest held-out loss or, as soon as it cools down, the last one. Of
 * pixel art the last one: its outlines get cleaner long after the loss has stopped falling. Undefined before the first report.
 */
export function bestReport(log: Log, { palette }: Pick<Length, "palette">): TrainingReport | undefined {
  const { stable, cooling } = reportsIn(log);
  return cooling.at(-1) ?? (palette ? stable.at(-1) : lowestOf(stable));
}

/** The report with the lowest held-out loss before the cool-down; of a run that was stopped before its first one, the last. */
export function reportBeforeGuidance(log: Log): TrainingReport | undefined {
  const { stable, cooling } = reportsIn(log);
  return lowestOf(stable) ?? cooling.at(-1);
}

/** From one report to the next a loss may rise by chance: one that was lowest in one of the last two was still falling. */
const LAST = 2;

/** The step at which the held-out loss stopped falling, the cool-down apart; undefined if it fell to the end. */
export function fellUntil(log: Log): number | undefined {
  const { stable } = reportsIn(log);
  const lowest = lowestOf(stable);
  return lowest && !stable.slice(-LAST).includes(lowest) ? lowest.step : undefined;
}

/** A run cools down after this many reports without a lower held-out loss, unless it learns pixel art: it would learn its images by heart. */
export const PATIENCE = 5;

/** Steps of a cool-down that begins after so many steps. */
export const coolDownAfter = (step: number, { steps }: Pick<Length, "steps">): number => Math.min(steps - step, step);

/** A step that learns int8 rounding takes so many times as long, at most (1.1 with the WASM backend). */
const ROUNDING = 1.2;

/** Steps of a cool-down that, with the report at its end, fits so many seconds, by those of a step before it. */
export function coolDownWithin(
  seconds: number,
  secondsPerStep: number,
  settings: Pick<TrainingSettings, "images" | "batch" | "recipe">,
  heldOut: number,
): number {
  const evaluation = secondsPerStep / evaluationsOfStep(settings, false);
  const report = evaluation * evaluationsOfReport(reportsOf(settings, heldOut));
  return Math.floor((seconds - report) / (ROUNDING * evaluation * evaluationsOfStep(settings, true)));
}

/** Whether the run has to begin its cool-down. It depends on the log alone, so that a repeated run ends in the same way. */
export function mustCoolDown(log: Log, { steps, recipe, palette }: Length): boolean {
  const { stable } = reportsIn(log);
  const [last, best] = [stable.at(-1), lowestOf(stable)];
  if (last === undefined || best === undefined || last.step >= steps || coolDownIn(log)) return false;
  return last.step >= recipe.stableShare * steps || (!palette && stable.slice(-PATIENCE).every(({ step }) => step > best.step));
}

/** Whether a run is over. */
export const isOver = (log: Log, length: Pick<Length, "steps">): boolean =>
  log.some((entry) => isReported(entry) && entry.step >= endOf(log, length));
