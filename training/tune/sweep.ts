/**
 * Tunes the sampling settings of a trained network, since each network needs its own. Tries a few values of each
 * setting in turn and keeps the best (coordinate descent), by the kernel distance of drawn images to training images
 * (distill/metric.ts). A student's settings are tuned likewise, at its few evaluations.
 */
import type { ModelCard } from "../../wasm-model/model/card.ts";
import type { Denoise } from "../../wasm-model/sampling/sampler.ts";
import type { SamplingSettings } from "../../wasm-model/sampling/settings.ts";
import { progress } from "../cli/progress.ts";
import type { Metric, MetricValue } from "../distill/metric.ts";
import { describeSettings, drawSettings } from "../record/settings.ts";
import { readSweeps, SAMPLING_DEFAULTS, type Sweep, type Sweeps, writeSweeps } from "../run/sampling.ts";
import { Search, type Trial } from "./search.ts";

type ValuesToTry = readonly (readonly [keyof SamplingSettings, readonly number[]])[];

/** Values to try, the most important setting first. */
const VALUES = [
  ["extrapolation", [1.2, 1.65, 1.8]],
  ["churn", [0.6, 0.75, 0.95]],
  ["sigmaMin", [0.03, 0.08]],
  ["sigmaMax", [10, 40]],
] as const satisfies ValuesToTry;

/** Fewer evaluations need more extrapolation. */
const VALUES_OF_FEW: ValuesToTry = VALUES.map(([name, values]) => [name, name === "extrapolation" ? [1.65, 1.8, 1.95] : values]);

/** The defaults, and one for each value. */
export const CANDIDATES = 1 + VALUES.reduce((sum, [, values]) => sum + values.length, 0);

/**
 * Images of a candidate; more than `most` add nothing. A run that cannot afford `least`, such as `quick`, has learned
 * too little for its features to compare settings: what they prefer leaves noise in the images.
 */
const IMAGES = { least: 200, most: 2000 } as const;
/** With fewer training images there is no search: a network memorizes them whatever the settings. */
const LEAST_IMAGES = 100;

/** Images that each candidate draws if all candidates together may cost `evaluations`; undefined if that is too few. */
export function sweepImages(evaluations: number, trainingImages: number): number | undefined {
  const affordable = Math.floor(evaluations / (CANDIDATES * SAMPLING_DEFAULTS.steps));
  if (affordable < IMAGES.least || trainingImages < LEAST_IMAGES) return undefined;
  return Math.min(affordable, IMAGES.most, trainingImages);
}

export interface SweepRun {
  readonly folder: string;
  /** The trained network with averaged weights, as it is exported. */
  readonly card: ModelCard;
  readonly denoise: Denoise;
  /** The kernel distance. */
  readonly metric: Metric;
}

/** Measures what is missing and returns the best settings; all trials are in `sampling.json` in the run's folder. */
export function sweep(run: SweepRun): Promise<SamplingSettings> {
  const before = readSweeps(run.folder);
  return chosenBy(run, SAMPLING_DEFAULTS, VALUES, before, (found) => ({ ...before, ...found }));
}

/** The same for a student with this many evaluations per image. */
export function sweepForStudent(run: SweepRun, evaluations: number): Promise<SamplingSettings> {
  const before = readSweeps(run.folder);
  const start = { ...SAMPLING_DEFAULTS, steps: evaluations };
  return chosenBy(run, start, VALUES_OF_FEW, before.student ?? { measured: [] }, (student) => ({ ...before, student }));
}

async function chosenBy(
  { folder, card, denoise, metric }: SweepRun,
  start: SamplingSettings,
  values: ValuesToTry,
  before: Sweep,
  allWith: (found: Sweep) => Sweeps,
): Promise<SamplingSettings> {
  if (before.chosen) return before.chosen;
  const bar = progress(`tuning the sampling settings of ${start.steps} evaluations`, CANDIDATES);
  const measuredOf = (trials: readonly Trial<SamplingSettings, MetricValue>[]): Sweep["measured"] =>
    trials.map(({ candidate, result: { value, independentDistance } }) => ({
      ...{ sampling: candidate, distance: value },
      ...(independentDistance !== undefined && { independentDistance }),
    }));
  const search = new Search<SamplingSettings, MetricValue>({
    known: before.measured.map(({ sampling, distance, independentDistance }) => ({
      ...{ candidate: sampling, result: { value: distance, ...(independentDistance !== undefined && { independentDistance }) } },
    })),
    measure: (sampling) => metric.measure({ ...card, sampling }, denoise),
    costOf: ({ value }) => value,
    keep: (trials) => writeSweeps(folder, allWith({ measured: measuredOf(trials) })),
    tell: (_, number) => bar.update(number),
  });
  await search.descend(start, values);
  bar.stop();
  const chosen = search.best;
  writeSweeps(folder, allWith({ measured: measuredOf(search.trials), chosen }));
  console.log(
    `sampling settings, the best of ${CANDIDATES} by ${metric.images} images each: ${describeSettings(drawSettings({ ...card, sampling: chosen }, {}))}`,
  );
  return chosen;
}
