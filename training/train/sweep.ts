/**
 * Tunes the sampling settings of a trained network, since each network needs its own. Tries a few values of each
 * setting in turn and keeps the best (coordinate descent), by the kernel distance of drawn images to training images
 * (measure/own-distance.ts). An interrupted sweep goes on with what it has measured.
 */
import { isDeepStrictEqual } from "node:util";
import type { ModelCard } from "../../wasm-model/model/card.ts";
import type { Denoise } from "../../wasm-model/sampling/sampler.ts";
import type { SamplingSettings } from "../../wasm-model/sampling/settings.ts";
import { progress } from "../cli/progress.ts";
import { describeSettings, drawSettings } from "../record/settings.ts";
import { readSweep, SAMPLING_DEFAULTS, type Sweep, writeSweep } from "../run/sampling.ts";

/** Values to try, the most important setting first. */
const VALUES = [
  ["extrapolation", [1.2, 1.65, 1.8]],
  ["churn", [0.6, 0.75, 0.95]],
  ["sigmaMin", [0.03, 0.08]],
  ["sigmaMax", [10, 40]],
] as const satisfies readonly (readonly [keyof SamplingSettings, readonly number[]])[];

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
  /** The kernel distance of images of a card's settings. */
  readonly distanceOf: (card: ModelCard, denoise: Denoise) => Promise<number>;
}

/** Measures what is missing and returns the best settings; all trials are in `sampling.json` in the run's folder. */
export async function sweep({ folder, card, denoise, distanceOf }: SweepRun): Promise<SamplingSettings> {
  const before = readSweep(folder);
  if (before.chosen) return before.chosen;
  const bar = progress("tuning the sampling settings", CANDIDATES);
  const measured: Sweep["measured"][number][] = [];
  const best = (): SamplingSettings => measured.reduce((a, b) => (b.distance < a.distance ? b : a)).sampling;
  const measure = async (sampling: SamplingSettings): Promise<void> => {
    const known = before.measured.find((one) => isDeepStrictEqual(one.sampling, sampling));
    measured.push(known ?? { sampling, distance: await distanceOf({ ...card, sampling }, denoise) });
    if (!known) writeSweep(folder, { measured });
    bar.update(measured.length);
  };
  await measure(SAMPLING_DEFAULTS);
  for (const [name, values] of VALUES) {
    const others = best();
    for (const value of values) await measure({ ...others, [name]: value });
  }
  bar.stop();
  const chosen = best();
  writeSweep(folder, { measured, chosen });
  console.log(`sampling settings, the best of ${CANDIDATES}: ${describeSettings(drawSettings({ ...card, sampling: chosen }, {}))}`);
  return chosen;
}
