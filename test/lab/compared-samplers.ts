/** The samplers to compare by network evaluations, each with the settings to try. */
import type { SamplerName, SamplingSettings } from "../../wasm-model/sampling/settings.ts";

export type Variant = Partial<SamplingSettings> & Pick<SamplingSettings, "steps">;

export interface ComparedSampler {
  readonly sampler: SamplerName;
  /** The settings to try at about `nfe` evaluations; empty if the sampler cannot run at that number. */
  variants(nfe: number): readonly Variant[];
}

/** All pairs of the two lists. */
export const pairs = <A, B>(as: readonly A[], bs: readonly B[]): [A, B][] => as.flatMap((a) => bs.map((b): [A, B] => [a, b]));

const CHURNS = [0.7, 0.85];
const EXTRAPOLATIONS = [1.3, 1.5, 1.6, 1.8];

export const PUBLISHED_EVALUATIONS = 1000;
/** Algorithm 1's (L, T, relative step), L T = PUBLISHED_EVALUATIONS. */
export const PUBLISHED: readonly (readonly [levels: number, stepsPerLevel: number, relativeStep: number])[] = pairs(
  [10, 20, 50],
  [0.1, 0.2, 0.4],
).map(([levels, relativeStep]) => [levels, PUBLISHED_EVALUATIONS / levels, relativeStep]);

const onePerLevel =
  (changes: readonly Partial<SamplingSettings>[]) =>
  (nfe: number): Variant[] =>
    nfe <= 64 ? changes.map((change) => ({ ...change, steps: nfe })) : [];

export const COMPARED_SAMPLERS: readonly ComparedSampler[] = [
  // The first is the model's default.
  {
    sampler: "langevin",
    variants: onePerLevel([{}, ...pairs(CHURNS, EXTRAPOLATIONS).map(([churn, extrapolation]) => ({ churn, extrapolation }))]),
  },
  // It takes 2 steps - 1 evaluations, an odd number: one more than the others, or one fewer where that makes little
  // difference.
  { sampler: "heun", variants: (nfe) => (nfe <= 64 ? [{ steps: Math.floor(nfe < 20 ? nfe / 2 + 1 : nfe / 2) }] : []) },
  {
    sampler: "ald",
    variants: (nfe) =>
      nfe === PUBLISHED_EVALUATIONS
        ? PUBLISHED.map(([steps, stepsPerLevel, relativeStep]) => ({ steps, stepsPerLevel, relativeStep }))
        : [],
  },
];
