/** The defaults of a request. Noise levels are in units of the data range [-1, 1]. */
import * as v from "valibot";
import { choice, type Immutable, integer, number, object, ramp, rule } from "../schema/fields.ts";
import { SAMPLERS } from "./sampler.ts";

export { SAMPLERS, type SamplerName } from "./sampler.ts";

/** The most network evaluations that one image may cost. */
export const MAX_EVALUATIONS = 1000;

const MAX_STEPS = 64;
const SIGMA = [1e-6, 1e6] as const;

/** A list of at most `most` numbers of any size. */
const numbersUpTo = (most: number) => {
  const error = `a list of at most ${most} numbers`;
  return v.pipe(v.array(number(-1e6, 1e6, error), error), v.maxLength(most, error));
};

const listOf = <const T extends v.GenericSchema>(schema: T, error: string) => v.pipe(v.array(schema, error), v.maxLength(MAX_STEPS, error));

/** The most numbers of a Gaussian start, of one class. */
const MAX_START = 192;

/** The Gaussian that an image starts from (gaussian-start.ts). The card's network decides the lengths of its lists. */
const START_ENTRIES = {
  /** S: it describes S x S squares of each channel, F numbers, channel by channel and row by row. */
  squares: integer(1, 8),
  /** Weight of `factor`: 1 is the training images' own variance. */
  spread: number(0, 10),
  /** Weight of the first denoised image, which is extrapolated from the mean of its class; 1 = no extrapolation. */
  extrapolation: number(0, 10),
  /** [K, F]: the mean of each class. */
  means: v.array(numbersUpTo(MAX_START), "a list of means"),
  /** The lower triangle L of L L' = the covariance within classes, row by row, F (F + 1) / 2 numbers. */
  factor: numbersUpTo((MAX_START * (MAX_START + 1)) / 2),
};

const START = object(START_ENTRIES, "an object of squares, spread, extrapolation, means and factor");

/** Settings of `langevin` for N steps, a value for each. Those of the shipped models were searched, by version 0.4's `lab tune`. */
export const SCHEDULE = v.pipe(
  object(
    {
      /** N noise levels. */
      sigmas: v.pipe(listOf(number(...SIGMA), `1 to ${MAX_STEPS} noise levels`), v.minLength(1, "at least one noise level")),
      /** N - 1 shares of fresh noise, for the steps from level 0 to N - 2. */
      churn: listOf(number(0, 1), "a list of numbers from 0 to 1"),
      /** N - 1 weights of the newest denoised image, for levels 1 to N - 1. (Level 0 has no earlier one to extrapolate from.) */
      extrapolation: listOf(number(0, 10), "a list of numbers from 0 to 10"),
      /** What an image starts from, in addition to noise of the first level. Absent: noise alone. */
      start: v.exactOptional(START),
    },
    "an object of sigmas, churn and extrapolation",
  ),
  v.check(({ sigmas }) => sigmas.every((sigma, i) => i === 0 || sigma < sigmas[i - 1]), "decreasing `sigmas`"),
  v.check(
    ({ sigmas, churn, extrapolation }) => churn.length === sigmas.length - 1 && extrapolation.length === sigmas.length - 1,
    "one fewer `churn` and `extrapolation` than `sigmas`",
  ),
);

const FEW_SCHEDULES = `a list of at most ${MAX_STEPS} schedules`;

/** One for each number of steps at most. */
export const SCHEDULES = v.pipe(
  v.array(v.unknown(), FEW_SCHEDULES),
  v.maxLength(MAX_STEPS, FEW_SCHEDULES), // before they are read
  v.array(SCHEDULE),
);

export const SAMPLING = v.pipe(
  object({
    sampler: choice(SAMPLERS),
    steps: integer(1, MAX_STEPS),
    sigmaMin: number(...SIGMA),
    sigmaMax: number(...SIGMA),
    rho: number(1, 100),
    churn: ramp(0, 1),
    extrapolation: ramp(0, 10),
    stepsPerLevel: integer(1, MAX_EVALUATIONS / 2), // one level, guided, is always affordable
    /** Algorithm 1's epsilon = relativeStep sigmaMin^2. */
    relativeStep: number(1e-9, 10),
    /** What an image starts from on `langevin`'s grid, in addition to noise of its first level, which replaces `sigmaMax`. Absent: noise alone. */
    start: v.exactOptional(
      object({ sigmaMax: number(...SIGMA), ...START_ENTRIES }, "an object of sigmaMax, squares, spread, extrapolation, means and factor"),
    ),
    /** Each replaces the grid and its churn and extrapolation when `langevin` has that number of steps. */
    schedules: v.exactOptional(SCHEDULES),
  }),
  rule(["sigmaMin"], ({ sigmaMin, sigmaMax }) => sigmaMin < sigmaMax, "a number below `sampling.sigmaMax`"),
  rule(["sigmaMin"], ({ sigmaMin, start }) => !start || sigmaMin < start.sigmaMax, "a number below `sampling.start.sigmaMax`"),
);

export type SamplingSettings = Immutable<v.InferOutput<typeof SAMPLING>>;
export type Schedule = Immutable<v.InferOutput<typeof SCHEDULE>>;
export type Start = Immutable<v.InferOutput<typeof START>>;

/** Settings without the lists of their starts. */
export type BriefSampling = ReturnType<typeof withoutLists>;

/** The settings without the `means` and `factor` of their starts, thousands of numbers that only drawing needs. */
export function withoutLists({ schedules, start, ...settings }: SamplingSettings) {
  const brief = <T extends Start>({ means: _, factor: __, ...rest }: T) => rest;
  return {
    ...settings,
    ...(start && { start: brief(start) }),
    ...(schedules && { schedules: schedules.map(({ start, ...schedule }) => ({ ...schedule, ...(start && { start: brief(start) }) })) }),
  };
}

/** A setting that may change over an image's steps: one number, or the first step's and the last one's, linear in between. */
export type Ramp = number | readonly [first: number, last: number];

/** The number at a step, 0..steps-1. */
export function rampAt(ramp: Ramp, step: number, steps: number): number {
  if (typeof ramp === "number") return ramp;
  const [first, last] = ramp;
  return steps === 1 ? first : first + (step / (steps - 1)) * (last - first);
}
