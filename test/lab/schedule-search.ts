/**
 * Searches a schedule (noise levels, churn and extrapolation of every step) for a few-step sampler by the FID of its
 * images. Every measured candidate is a line of a file. An interrupted search replays that file and continues as if it
 * had never stopped.
 */
import { existsSync, readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { writeFileAtomically } from "../../training/cli/files.ts";
import type { EvaluatedModel } from "../../training/measure/model.ts";
import type { Tf } from "../../training/network/score-network.ts";
import { scheduleOf } from "../../wasm-model/sampling/index.ts";
import { gaussians, seedState } from "../../wasm-model/sampling/random.ts";
import type { SamplingSettings, Schedule } from "../../wasm-model/sampling/settings.ts";
import { cma, populationOf } from "./cma-es.ts";
import { describeSchedule, drawnQuality, withSampling } from "./measuring.ts";
import type { Reference } from "./quality.ts";

/** The changes to a model's sampling settings that make it use the schedule. */
export const drawnBy = (schedule: Schedule): Partial<SamplingSettings> => ({
  sampler: "langevin",
  steps: schedule.sigmas.length,
  schedules: [schedule],
});

/** The free numbers of a schedule: ln sigma_0, log(log(sigma_i / sigma_{i+1})) of neighbouring levels, logits of churn, extrapolation. */
function numbersOf({ sigmas, churn, extrapolation }: Schedule): number[] {
  const gaps = sigmas.slice(1).map((sigma, i) => Math.log(Math.log(sigmas[i] / sigma)));
  const logits = churn.map((c) => Math.min(Math.max(c, CHURN_EDGE), 1 - CHURN_EDGE)).map((c) => Math.log(c / (1 - c)));
  return [Math.log(sigmas[0]), ...gaps, ...logits, ...extrapolation];
}

/** Churn this close to 0 or 1 is 0 or 1. */
const CHURN_EDGE = 0.01;
/** Least distance between logarithms of levels, so that they still differ after rounding. */
const MIN_GAP = 1e-3;

/** The inverse of `numbersOf`, rounded to five digits. Levels always decrease. */
function scheduleFrom(numbers: readonly number[]): Schedule {
  const steps = (numbers.length + 2) / 3;
  const rounded = (value: number): number => Number(value.toPrecision(5));
  let level = numbers[0];
  const sigmas = [rounded(Math.exp(level))];
  for (const gap of numbers.slice(1, steps)) {
    level -= Math.max(Math.exp(gap), MIN_GAP);
    sigmas.push(rounded(Math.exp(level)));
  }
  const churn = numbers.slice(steps, 2 * steps - 1).map((logit) => {
    const c = 1 / (1 + Math.exp(-logit));
    return c < CHURN_EDGE ? 0 : c > 1 - CHURN_EDGE ? 1 : rounded(c);
  });
  return { sigmas, churn, extrapolation: numbers.slice(2 * steps - 1).map((g) => rounded(Math.min(Math.max(g, 0), 10))) };
}

/** Initial standard deviations of the numbers. */
const SCALES = { first: 0.2, gap: 0.12, logit: 0.4, extrapolation: 0.12 } as const;
/** Factor for these if the search begins at the card's own schedule, which an earlier search found. */
const FINER = 0.4;
/** Initial standard deviations of `numbersOf`, times `share`. */
function scalesOf({ churn }: Schedule, share: number): number[] {
  const { first, gap, logit, extrapolation } = SCALES;
  return [first, ...[gap, logit, extrapolation].flatMap((scale) => churn.map(() => scale))].map((scale) => share * scale);
}

/** The model, reference and images that candidates are measured with, and the file that keeps them. */
export interface Ruler {
  readonly tf: Tf;
  readonly reference: Reference;
  readonly model: EvaluatedModel;
  readonly count: number;
  readonly seed: string;
  readonly trials: string;
}

interface Trial {
  readonly schedule: Schedule;
  readonly fid: number;
}

/**
 * The best of about `candidates` schedules of `steps` levels, all drawn with the same seeds. The first is the card's
 * schedule of that length, whose start all keep, or else its grid. CMA-ES searches around it, in smaller steps if it is the
 * card's schedule, and its mean is tried last. A single step has nothing to search.
 */
export async function searchSchedule(ruler: Ruler, steps: number, candidates: number): Promise<Schedule> {
  const { tf, reference, model, count, seed } = ruler;
  const known = existsSync(ruler.trials)
    ? readFileSync(ruler.trials, "utf8")
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Trial)
    : [];
  const trials: Trial[] = [];
  const best = (): Trial => trials.reduce((a, b) => (b.fid < a.fid ? b : a));
  const measure = async (schedule: Schedule): Promise<number> => {
    const drawn = withSampling(model, drawnBy(schedule));
    const earlier = known.find((one) => isDeepStrictEqual(one.schedule, schedule));
    const trial = earlier ?? { schedule, fid: (await drawnQuality(tf, reference, drawn, { count, seed })).fid };
    trials.push(trial);
    if (!earlier) writeFileAtomically(ruler.trials, trials.map((one) => `${JSON.stringify(one)}\n`).join(""));
    if (best() === trial)
      console.log(`candidate ${trials.length}: FID ${trial.fid.toFixed(3)}, ${count} images, ${describeSchedule(schedule)}`);
    return trial.fid;
  };

  const first = scheduleOf({ ...model.card.sampling, steps });
  const { start } = first;
  const tried = (numbers: readonly number[]): Promise<number> => measure({ ...scheduleFrom(numbers), ...(start && { start }) });
  await measure(first);
  if (steps === 1) return first;
  const scales = scalesOf(first, model.card.sampling.schedules?.includes(first) ? FINER : 1);
  const normals = (generation: number, index: number, out: Float32Array) =>
    gaussians(seedState(`${seed}/cma/${steps}/${generation}`), index, out);
  const evolution = cma(numbersOf(first), scales, normals);
  while (trials.length + populationOf(scales.length) <= candidates) {
    const values: number[] = [];
    for (const numbers of evolution.ask()) values.push(await tried(numbers));
    evolution.tell(values);
  }
  await tried(evolution.mean);
  return best().schedule;
}
