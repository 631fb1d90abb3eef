/** A few-step sampler with settings of its own for every step: what `npm run tune -- --nfe` finds and `npm run distill` trains a student for. */
import { readFileSync } from "node:fs";
import type { Batch, Sampler } from "../wasm-model/sampler/index.ts";
import { noiseAdder, vectorsOf } from "../wasm-model/sampler/vectors.ts";
import { UserError } from "./user-error.ts";

/** Of N noise levels. */
export interface Schedule {
  /** N noise levels, decreasing. */
  readonly sigmas: readonly number[];
  /** N - 1 shares of fresh noise, 0 to 1, of the steps from level 0 to N-2. */
  readonly churn: readonly number[];
  /** N - 1 weights of the newest denoised image, of the levels 1 to N-1: level 0 has nothing to extrapolate from. */
  readonly extrapolation: readonly number[];
}

/**
 * Multistep annealed Langevin dynamics (wasm-model/sampler/langevin.ts) whose settings are those of each step; the last level is extrapolated too:
 * it returns g D_i + (1 - g) D_{i-1}.
 */
export function* scheduledLangevin({ sigmas, churn, extrapolation }: Schedule, batch: Batch): Sampler {
  const { blend, contract } = vectorsOf(batch);
  const x = new Float32Array(batch.images * batch.imageSize);
  const previous = new Float32Array(x.length);
  const extrapolated = new Float32Array(x.length);
  const addNoise = noiseAdder(batch, x);
  const last = sigmas.length - 1;

  addNoise(0, sigmas[0]);
  for (let level = 0; ; level++) {
    const denoised = yield { x, sigma: sigmas[level], level };
    const weight = level === 0 ? 1 : extrapolation[level - 1];
    if (weight === 1) extrapolated.set(denoised);
    else blend(extrapolated, denoised, previous, weight);
    if (level === last) return extrapolated;
    previous.set(denoised);
    contract(x, extrapolated, (sigmas[level + 1] / sigmas[level]) * Math.sqrt(1 - churn[level]));
    if (churn[level] > 0) addNoise(level + 1, sigmas[level + 1] * Math.sqrt(churn[level]));
  }
}

/** "20, 3.1, 0.5; churn 0.8, 0.7; extrapolation 1.5, 1.2". */
export const describeSchedule = ({ sigmas, churn, extrapolation }: Schedule): string =>
  `sigmas ${listed(sigmas)}; churn ${listed(churn)}; extrapolation ${listed(extrapolation)}`;

const listed = (values: readonly number[]): string => values.map((value) => Number(value.toPrecision(3))).join(", ");

/** The schedules in the JSON file that was given for `option`, a list of them. Throws a UserError for anything else. */
export function readSchedules(path: string, option: string): Schedule[] {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new UserError(`Expected a JSON file of schedules for \`${option}\` but ${(error as Error).message}`);
  }
  if (Array.isArray(content) && content.every(isSchedule)) return content;
  throw new UserError(`Expected a list of schedules (sigmas, churn, extrapolation) for \`${option}\` but received "${path}"`);
}

function isSchedule(value: unknown): value is Schedule {
  const { sigmas, churn, extrapolation } = (value ?? {}) as Partial<Schedule>;
  const within = (list: unknown, count: number, least: number, most: number): boolean =>
    Array.isArray(list) && list.length === count && list.every((n) => typeof n === "number" && n >= least && n <= most);
  if (!Array.isArray(sigmas) || sigmas.length === 0) return false;
  const steps = sigmas.length - 1;
  const decreases = sigmas.every((sigma, i) => i === 0 || sigma < sigmas[i - 1]);
  return within(sigmas, steps + 1, 1e-6, 1e6) && decreases && within(churn, steps, 0, 1) && within(extrapolation, steps, 0, 10);
}
