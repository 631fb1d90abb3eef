/** Recipes by duration: the images a run sees, batch size, training noise and default network. */

import { macsOf } from "../../wasm-model/network/count.ts";
import type { NetworkName, NetworkSpec } from "../../wasm-model/network/spec.ts";
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
  readonly networks: Readonly<Record<SizeClass, NetworkName>>;
  readonly logSigma: Readonly<Record<SizeClass, TrainingRecipe["logSigma"]>>;
}

const NOISE = { mean: -0.4, std: 1.4 };
const USUAL = { small: NOISE, middle: NOISE, large: NOISE };

export const PRESETS = {
  /** Ten minutes on the wasm backend, 3 GMAC/s. A small network and small batches. */
  quick: {
    ...{ work: 1.25e12, batch: 16, learningRate: 3e-2 },
    networks: { small: "s32", middle: "s16x3", large: "s16x4" },
    // High levels decide what an image shows, and the low ones of small images are soon learned.
    logSigma: { ...USUAL, small: { mean: 0.2, std: 1.4 } },
  },
  /** Three quarters of an hour natively, 25 GMAC/s. Many steps count more than large ones. */
  default: {
    ...{ work: 6.6e13, batch: 32, learningRate: 3e-2 },
    networks: { small: "m32", middle: "s32x3", large: "s32x4" },
    logSigma: USUAL,
  },
  /** A night natively. Extrapolated from `default`: nobody has tried it. */
  best: {
    ...{ work: 6.6e14, batch: 64, learningRate: 3e-2 },
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
