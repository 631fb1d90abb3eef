/** What a run computes beside its training steps: each a small share of these. Costs are in evaluations of the network for one image. */
import { FEATURE_EVALUATIONS } from "../distill/features.ts";
import { REPORT_EVERY } from "../distill/recipe.ts";
import { gridSize } from "../network/draw.ts";
import { HELD_OUT_SIGMAS } from "../network/held-out.ts";
import { SAMPLING_DEFAULTS } from "../run/sampling-defaults.ts";
import type { RunConfig, StudentSettings } from "./config.ts";

/** Of a training image: one forwards, and backwards what two cost. */
export const TRAINING_EVALUATIONS = 3;
/** Of the training's cost, what the reports together, the last held-out loss and the search of sampling settings take at most. */
const SHARE = 0.1;
/** Reports of held-out loss and sample grids over a run, and the test images that each of them uses. */
const REPORTS = 20;
const REPORT_IMAGES = 500;

/** Evaluations that one of the shares allows. */
export const allowance = (images: number): number => SHARE * TRAINING_EVALUATIONS * images;

export interface Reports {
  readonly count: number;
  /** Test images of each, and of the last one. */
  readonly images: number;
  readonly lastImages: number;
}

/** The reports of a run of `images` training images, of which there is always one. */
export function reportsOf({ images, spec }: Pick<RunConfig, "images" | "spec">, testImages: number): Reports {
  const each = Math.min(REPORT_IMAGES, testImages);
  const levels = HELD_OUT_SIGMAS.length;
  const affordable = Math.floor(allowance(images) / (each * levels + gridSize(spec) * SAMPLING_DEFAULTS.steps));
  return {
    count: Math.min(REPORTS, Math.max(1, affordable)),
    images: each,
    lastImages: Math.min(testImages, Math.max(REPORT_IMAGES, Math.floor(allowance(images) / levels))),
  };
}

/** Evaluations of all reports of a run, and of a search of sampling settings that draws `pictures` in all; without the student. */
export function evaluationsBeside(config: Pick<RunConfig, "images" | "spec">, testImages: number, pictures: number): number {
  const { count, images, lastImages } = reportsOf(config, testImages);
  const heldOut = HELD_OUT_SIGMAS.length * ((count - 1) * images + lastImages);
  return heldOut + SAMPLING_DEFAULTS.steps * (count * gridSize(config.spec) + pictures);
}

/** Evaluations of a picture that a student learns from: drawn, with the gradient to its weights, and seen by its teacher, with the gradient to the picture alone. */
export const distillingEvaluations = ({ evaluations }: StudentSettings): number =>
  TRAINING_EVALUATIONS * evaluations + 2 * FEATURE_EVALUATIONS;

/** Evaluations beside that: the search of its settings, of `pictures` in all, what it begins with, and its reports. */
export function evaluationsBesideStudent(
  { student, sweep = 0 }: Pick<RunConfig, "student" | "sweep">,
  trainingImages: number,
  pictures: number,
): number {
  if (!student) return 0;
  const { evaluations, images, window } = student;
  const each = evaluations + FEATURE_EVALUATIONS;
  const reports = 2 + Math.floor(images / REPORT_EVERY);
  return each * (pictures + window + reports * sweep) + FEATURE_EVALUATIONS * trainingImages;
}
