/** What a run is by default (training/LOG.md). */
import type { NetworkName } from "../../wasm-model/network/spec.ts";
import type { Likeness } from "../measure/likeness.ts";
import { RECIPE, type TrainingRecipe } from "./recipe.ts";

/** Training images of a run by default, with repetition: the fewest, however long they take, and the most. */
export const [LEAST_IMAGES, MOST_IMAGES] = [3000, 150_000];

export const NETWORK: NetworkName = "s32x3";
export const BATCH = 32;

/** Weights that know pictures already need smaller steps: larger ones copy small folders (training/LOG.md). */
export const learningRateOf = (startsFromWeights: boolean): number => (startsFromWeights ? 0.02 : 0.03);

/** Fewer pictures than this are changed with this probability (network/augment.ts). */
const FEW_PICTURES = 10_000;
const AUGMENTATION = 0.15;

export const augmentationOf = (pictures: number): number => (pictures < FEW_PICTURES ? AUGMENTATION : 0);

/** ln sigma ~ N(mean, std^2). What decides a sprite are the higher noise levels: at the lower ones it is in its colours already. */
export const logSigmaOf = (isPixelArt: boolean): TrainingRecipe["logSigma"] => (isPixelArt ? { mean: 0.2, std: 1.2 } : RECIPE.logSigma);

/** Outlines of pixel art get clean at the constant rate; other images by the guidance that the cool-down learns (training/LOG.md). */
export const stableShareOf = (isPixelArt: boolean): number => (isPixelArt ? 0.7 : RECIPE.stableShare);

/** Readers found guided images clearer, and sprites by less guidance cleaner (training/LOG.md). */
export const guidanceOf = (startsFromWeights: boolean, isPixelArt: boolean): number => (startsFromWeights ? (isPixelArt ? 1.5 : 1.8) : 1);

/** With fewer pictures there is little to learn but the pictures themselves. */
export const RECOMBINED = 30;

/**
 * Training images for so many pictures. A run from weights needs few; more become copies, of pictures that are alike soon
 * (training/LOG.md). Pixel art is alike in each pixel of its outlines, and is of no use until these are clean.
 */
export function plannedImages(pictures: number, startsFromWeights: boolean, kind?: Likeness | "pixel art"): number {
  if (!startsFromWeights) return MOST_IMAGES;
  const wanted = kind === "much" ? 50 * pictures : kind === "pixel art" ? 320 * pictures : LEAST_IMAGES + 230 * pictures;
  return Math.min(MOST_IMAGES, Math.max(LEAST_IMAGES, wanted));
}
