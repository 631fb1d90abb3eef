/** Recipes by duration: the images a run sees, batch size, training noise and default network. */

import type * as v from "valibot";
import { macsOf } from "../../wasm-model/network/count.ts";
import type { NetworkName, NetworkSpec } from "../../wasm-model/network/spec.ts";
import { type Immutable, integer, object } from "../../wasm-model/schema/fields.ts";
import { DISTILL_DEFAULTS, DISTILL_NUMBERS } from "../distill/config.ts";
import type { TrainingRecipe } from "../learning/recipe.ts";
import { type Images, type SizeClass, sizeClass } from "../network/shape.ts";

export interface Preset {
  /**
   * The cost of the training: images times the multiply-accumulates of one evaluation, or times `LEAST_MACS` if that is
   * more. Larger networks see fewer images in the same time.
   */
  readonly work: number;
  readonly batch: number;
  readonly learningRate: number;
  /** Whether a student is distilled at the end. */
  readonly hasStudent: boolean;
  readonly networks: Readonly<Record<SizeClass, NetworkName>>;
  readonly logSigma: Readonly<Record<SizeClass, TrainingRecipe["logSigma"]>>;
}

const NOISE = { mean: -0.4, std: 1.4 };
const USUAL = { small: NOISE, middle: NOISE, large: NOISE };

export const PRESETS = {
  /** Ten minutes on the wasm backend, 3 GMAC/s. A small network and small batches. */
  quick: {
    ...{ work: 1.25e12, batch: 16, learningRate: 3e-2, hasStudent: false },
    networks: { small: "s32", middle: "s16x3", large: "s16x4" },
    // High levels decide what an image shows, and the low ones of small images are soon learned.
    logSigma: { ...USUAL, small: { mean: 0.2, std: 1.4 } },
  },
  /** An hour natively, 25 GMAC/s: 45 minutes of training and 15 for the student. Many steps count more than large ones. */
  default: {
    ...{ work: 6.6e13, batch: 32, learningRate: 3e-2, hasStudent: true },
    networks: { small: "m32", middle: "s32x3", large: "s32x4" },
    logSigma: USUAL,
  },
  /** A night natively. Extrapolated from `default`: nobody has tried it. */
  best: {
    ...{ work: 6.6e14, batch: 64, learningRate: 3e-2, hasStudent: true },
    networks: { small: "m32", middle: "m48x3", large: "s32x4" },
    logSigma: USUAL,
  },
} as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof PRESETS;
export const PRESET_NAMES = Object.keys(PRESETS) as PresetName[];

/** The network and the training noise of a preset for these images. */
export const networkFor = ({ networks }: Preset, images: Images): NetworkName => networks[sizeClass(images)];
export const noiseFor = ({ logSigma }: Preset, images: Images): TrainingRecipe["logSigma"] => logSigma[sizeClass(images)];

/** Smaller networks take as long as this many multiply-accumulates, because of the work beside convolutions. */
const LEAST_MACS = 3e7;

/** Images of a run with this preset, to two digits. */
export const imagesOf = ({ work }: Preset, spec: NetworkSpec): number => Number((work / Math.max(LEAST_MACS, macsOf(spec))).toPrecision(2));

/** How the student of a run is distilled. */
export const STUDENT = object({ evaluations: integer(1, 64), ...DISTILL_NUMBERS });
export type StudentSettings = Immutable<v.InferOutput<typeof STUDENT>>;

const EVALUATIONS = 4;
/**
 * Images that the student learns from, as a share of the run's images. Natively one of them takes as long as ten of the
 * run's. More than `most` gains little.
 */
const IMAGES = { share: 1 / 36, most: 240_000 } as const;

/** The student of a run; undefined if the run has too few images for a sweep. */
export function studentOf({
  images,
  sweep,
  seed,
}: {
  readonly images: number;
  readonly sweep: number | undefined;
  readonly seed: string;
}): StudentSettings | undefined {
  const own = Math.min(IMAGES.most, Math.floor(IMAGES.share * images));
  if (sweep === undefined || own < DISTILL_DEFAULTS.window) return undefined;
  return { evaluations: EVALUATIONS, ...DISTILL_DEFAULTS, images: own, seed: `${seed}/student` };
}
