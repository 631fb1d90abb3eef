/**
 * The numbers that, with the flags, decide a run's weights. A run keeps its recipe in config.json; `--resume` uses that
 * recipe.
 */
import type * as v from "valibot";
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
  /** Share of the run, at its end, over which the learning rate falls to zero. */
  decayShare: share,
  /** Share of the run, at its end, that trains with the rounding of an int8 model, while the learning rate decays. */
  quantizedShare: share,
  /** What is learned of classifier-free guidance over this share of the run, at its end (network/loss.ts). Weight 1: nothing. */
  guidance: object({ weight: number(1, 10), sigmaMax: number(1e-6, 1e6), share }),
  adam: object({ beta1: number(0, 0.999999), beta2: number(0, 0.999999), epsilon: number(1e-30, 1) }),
  /** Added to the root mean square that filters are divided by before each step. */
  filterEpsilon: number(1e-30, 1),
  /** Exponent of the power-function average of the weights. */
  averageGamma: number(0, 1e6),
});

export type TrainingRecipe = v.InferOutput<typeof RECIPE_SCHEMA>;

/** The recipe of a new run. */
export const RECIPE: TrainingRecipe = {
  logSigma: { mean: -0.9, std: 1.3 },
  labelDropout: 0.1,
  augmentation: 0,
  warmUp: { steps: 300, share: 0.1 },
  decayShare: 0.6,
  quantizedShare: 0.4,
  guidance: { weight: 1, sigmaMax: 4, share: 0.3 },
  adam: { beta1: 0.9, beta2: 0.99, epsilon: 1e-8 },
  filterEpsilon: 1e-4,
  // A relative width of 5 % of the run (Karras et al. 2024, eq. 123).
  averageGamma: 16.97,
};

/** What decides the learning rate of every step. */
export interface RateSchedule {
  readonly learningRate: number;
  readonly steps: number;
  readonly recipe: Pick<TrainingRecipe, "warmUp" | "decayShare">;
}

/** Learning rate of a step from 1 to `steps`: linear warm-up, constant, then linear to about zero. */
export function rateAt({ learningRate, steps, recipe: { warmUp, decayShare } }: RateSchedule, step: number): number {
  const rising = Math.min(warmUp.steps, steps / (1 / warmUp.share)); // steps / 10, which steps * 0.1 does not always equal
  return learningRate * Math.min(1, step / rising, (1 - (step - 1) / steps) / decayShare);
}

/** How a step computes. */
export interface StepMode {
  /** As in `Interpretation`. */
  readonly fakeQuantization: boolean;
  /** Whether it learns guidance. */
  readonly isGuided: boolean;
}

export const PLAIN: StepMode = { fakeQuantization: false, isGuided: false };

type Shares = Pick<TrainingRecipe, "quantizedShare" | "guidance">;

/** Of step 1..total. */
export const modeAt = (step: number, total: number, shares: Shares): StepMode => {
  const { fakeQuantization, isGuided } = lastSteps(total, shares);
  return { fakeQuantization: step > fakeQuantization, isGuided: step > isGuided };
};

/** The last step before rounding, and before guidance. */
const lastSteps = (total: number, { quantizedShare, guidance }: Shares): Record<keyof StepMode, number> => ({
  fakeQuantization: (1 - quantizedShare) * total,
  isGuided: guidance.weight === 1 ? total : (1 - guidance.share) * total,
});

/** How many of the steps after `done` learn guidance. */
export const guidedSteps = (done: number, total: number, shares: Shares): number =>
  total - Math.max(done, Math.floor(lastSteps(total, shares).isGuided));
