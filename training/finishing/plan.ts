/** What a run learns to finish its images with, for how long, and what it costs. */
import { nativeShape } from "../../wasm-model/model/card.ts";
import { enlargerCounts, macsOf } from "../../wasm-model/network/count.ts";
import { TRAINING_EVALUATIONS } from "../learning/reports.ts";
import type { TrainingSettings } from "../learning/settings.ts";
import type { EnlargerSettings } from "./enlarger.ts";

/** What decides a run's weights, and how it learns to finish its images. */
export interface FinishingSettings extends TrainingSettings {
  /** Absent if the library's enlarger, or that of its source, enlarges its images. */
  readonly enlarger?: EnlargerSettings | undefined;
}

const DEFAULTS = { batch: 16, denoised: 6, learningRate: 0.02, decayShare: 0.7, edges: 0.5 };

/** A style is not in fewer pictures than this. */
const FEWEST_PICTURES = 30;
/** Most steps, and those below which there is no gain; at most this share of the run's multiply-accumulates (training/LOG.md). */
const [MOST_STEPS, FEWEST_STEPS, SHARE] = [300, 40, 0.2];
/** Images of this width or height, whose pictures would have 256 pixels, are enlarged by the library. */
const TOO_LARGE = 64;

/**
 * The learning of an enlarger for a run with so many pictures of four times native; undefined if it is not worth its time.
 * `steps`: by default as many as the run can afford.
 */
export function planEnlarger(
  run: Pick<TrainingSettings, "spec" | "crop" | "images">,
  pictures: number,
  steps = affordableSteps(run),
): EnlargerSettings | undefined {
  const { height, width } = nativeShape(run);
  if (pictures < FEWEST_PICTURES || Math.max(height, width) >= TOO_LARGE || steps < FEWEST_STEPS) return undefined;
  return { pictures, steps, ...DEFAULTS };
}

function affordableSteps({ images, ...run }: Pick<TrainingSettings, "spec" | "crop" | "images">): number {
  const { height, width } = nativeShape(run);
  const cost = TRAINING_EVALUATIONS * macsOf(run.spec) * images;
  return Math.min(MOST_STEPS, Math.floor((SHARE * cost) / stepMacs(height, width, DEFAULTS.batch)));
}

/** Multiply-accumulates of a step. */
const stepMacs = (height: number, width: number, batch: number): number =>
  TRAINING_EVALUATIONS * batch * enlargerCounts(height, width).macs;

/** Multiply-accumulates of all steps. */
export function enlargerCost({ enlarger, ...run }: Pick<FinishingSettings, "spec" | "crop" | "enlarger">): number {
  const { height, width } = nativeShape(run);
  return enlarger ? enlarger.steps * stepMacs(height, width, enlarger.batch) : 0;
}
