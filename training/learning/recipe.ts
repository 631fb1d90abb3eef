/**
 * The numbers that, with the flags, decide a run's weights. A run keeps its recipe in config.json; `--resume` uses that
 * recipe.
 */
import * as v from "valibot";
import { number, object } from "../../wasm-model/schema/fields.ts";

const share = number(0, 1);

export const RECIPE_SCHEMA = object({
  /** Noise levels: ln sigma ~ N(mean, std^2). */
  logSigma: object({ mean: number(-20, 20), std: number(1e-6, 20) }),
  /** Share of training images whose class is hidden, so that the network also learns the unconditional score. */
  labelDropout: share,
  /** Probability of each change of a training image that the network is conditioned on (network/augment.ts). */
  augmentation: share,
  /** Steps over which the learning rate rises; at most this share of the run. */
  warmUp: object({ steps: number(0, 1e9), share }),
  /**
   * A run cools down after this share of its planned steps, or earlier if its loss stops falling (reports.ts), for as many steps as it
   * made: the rate falls to zero, int8 rounding and guidance are learned.
   */
  stableShare: share,
  /** Classifier-free guidance that is learned (network/loss.ts). Weight 1: none. */
  guidance: object({
    weight: number(1, 10),
    sigmaMax: number(1e-6, 1e6),
    /** Of the network that it is compared with, if that has another than the run's. */
    sigmaData: v.optional(number(1e-6, 1e6)),
  }),
  adam: object({ beta1: number(0, 0.999999), beta2: number(0, 0.999999), epsilon: number(1e-30, 1) }),
  /** Added to the root mean square that filters are divided by before each step. */
  filterEpsilon: number(1e-30, 1),
  /** Exponent of the power-function average of the weights. */
  averageGamma: number(0, 1e6),
});

export type TrainingRecipe = v.InferOutput<typeof RECIPE_SCHEMA>;

/** The recipe of a new run. */
export const RECIPE: TrainingRecipe = {
  logSigma: { mean: -0.4, std: 1.4 },
  labelDropout: 0.1,
  augmentation: 0,
  warmUp: { steps: 300, share: 0.1 },
  stableShare: 0.5,
  guidance: { weight: 1, sigmaMax: 4 },
  adam: { beta1: 0.9, beta2: 0.99, epsilon: 1e-8 },
  filterEpsilon: 1e-4,
  // A relative width of 5 % of the run (Karras et al. 2024, eq. 123).
  averageGamma: 16.97,
};

/** The end of a run: its first step is the one after `step`. */
export interface CoolDown {
  readonly step: number;
  readonly steps: number;
}

/** What decides the learning rate of every step. */
export interface RateSchedule {
  readonly learningRate: number;
  /** As they are planned. */
  readonly steps: number;
  readonly recipe: Pick<TrainingRecipe, "warmUp">;
}

/** Learning rate of a step, counted from 1: linear warm-up, constant, then linear to about zero. */
export function rateAt({ learningRate, steps, recipe: { warmUp } }: RateSchedule, step: number, coolDown?: CoolDown): number {
  const rising = Math.min(warmUp.steps, steps / (1 / warmUp.share)); // steps / 10, which steps * 0.1 does not always equal
  const left = coolDown ? 1 - (step - 1 - coolDown.step) / coolDown.steps : 1;
  return learningRate * Math.min(1, step / rising, left);
}

/** How a step computes. */
export interface StepMode {
  /** As in `Interpretation`. */
  readonly fakeQuantization: boolean;
  /** Whether it learns guidance. */
  readonly isGuided: boolean;
}

export const PLAIN: StepMode = { fakeQuantization: false, isGuided: false };

export const modeAt = (step: number, { guidance }: Pick<TrainingRecipe, "guidance">, coolDown?: CoolDown): StepMode => {
  const isCooling = coolDown !== undefined && step > coolDown.step;
  return { fakeQuantization: isCooling, isGuided: isCooling && guidance.weight !== 1 };
};
