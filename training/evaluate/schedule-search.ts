/**
 * Searches the settings of every step of a few-step sampler by the FID of its images. Every measured candidate is kept as a line of a file, from which a search that was cut
 * off is replayed: it goes on as if it had never stopped.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { ModelCard } from "../../wasm-model/card.ts";
import { toPixels } from "../../wasm-model/image/pixels.ts";
import { rampAt } from "../../wasm-model/ramp.ts";
import { gaussians, seedState } from "../../wasm-model/random.ts";
import { runSampler } from "../../wasm-model/sampler/index.ts";
import { karrasSigmas } from "../../wasm-model/schedule.ts";
import { oneHot } from "../batches.ts";
import type { Denoise } from "../draw.ts";
import { describeSchedule, type Schedule, scheduledLangevin } from "../schedule.ts";
import type { Tf } from "../score-network.ts";
import { FEATURES } from "./classifier.ts";
import { cma, populationOf } from "./cma-es.ts";
import { frechetDistance, momentsOf } from "./frechet.ts";
import { wantedClasses } from "./images.ts";
import { accuracy, decisions, judge } from "./judge.ts";
import type { Quality } from "./measure.ts";
import type { Reference } from "./reference.ts";

const BATCH = 100;

/** What is measured, and how. */
export interface Trial {
  readonly tf: Tf;
  readonly reference: Reference;
  readonly card: ModelCard;
  readonly denoise: Denoise;
  readonly count: number;
  /** Image i has the noise of the seed `${seed}/${i}`: the same for all candidates. */
  readonly seed: string;
}

/** FID and class accuracy of images drawn by a schedule, classes in turn. */
export async function scheduleQuality({ tf, reference, card, denoise, count, seed }: Trial, schedule: Schedule): Promise<Quality> {
  const { channels, height, width, classes } = card.spec;
  const size = channels * height * width;
  const images = new Uint8Array(count * size);
  const wanted = wantedClasses(count, card);
  for (let start = 0; start < count; start += BATCH) {
    const labels = oneHot(wanted.subarray(start, start + BATCH), classes);
    const batch = labels.length / classes;
    const states = Array.from({ length: batch }, (_, i) => seedState(`${seed}/${start + i}`));
    const sampler = scheduledLangevin(schedule, {
      images: batch,
      imageSize: size,
      noise: (image, draw, out) => gaussians(states[image], draw, out),
    });
    const values = await runSampler(sampler, (x, sigma) => denoise(x, sigma, labels));
    for (let i = 0; i < batch; i++) images.set(toPixels(values.subarray(i * size, (i + 1) * size), channels), (start + i) * size);
    await setImmediate(); // a turn of the event loop, in which signals arrive
  }
  const { features, probabilities } = judge(tf, reference.classifier, images);
  return {
    fid: frechetDistance(momentsOf(features, FEATURES), reference.moments),
    classAccuracy: accuracy(decisions(probabilities, classes), wanted),
  };
}

/** The schedule of `steps` levels that the card's grid rule makes; a single step is sigmaMax. */
export function gridSchedule({ sampling }: Pick<ModelCard, "sampling">, steps: number): Schedule {
  const ramp = (setting: "churn" | "extrapolation") => Array.from({ length: steps - 1 }, (_, i) => rampAt(sampling[setting], i, steps - 1));
  const extrapolation = steps === 1 ? [] : [...ramp("extrapolation").slice(1), 1];
  return { sigmas: karrasSigmas({ ...sampling, steps }), churn: ramp("churn"), extrapolation };
}

/** Free numbers of a schedule: ln sigma_0, logarithms of the distances between logarithms of levels, logits of churn, extrapolation. */
export function numbersOf({ sigmas, churn, extrapolation }: Schedule): number[] {
  const gaps = sigmas.slice(1).map((sigma, i) => Math.log(Math.log(sigmas[i] / sigma)));
  const logits = churn.map((c) => Math.min(Math.max(c, CHURN_EDGE), 1 - CHURN_EDGE)).map((c) => Math.log(c / (1 - c)));
  return [Math.log(sigmas[0]), ...gaps, ...logits, ...extrapolation];
}

/** Churn this close to 0 or 1 is 0 or 1. */
const CHURN_EDGE = 0.01;

/** The inverse of `numbersOf`; levels decrease by construction. Rounded to five digits, as the card will have them. */
export function scheduleOf(numbers: readonly number[]): Schedule {
  const steps = (numbers.length + 2) / 3;
  const rounded = (value: number): number => Number(value.toPrecision(5));
  let level = numbers[0];
  const sigmas = [level, ...numbers.slice(1, steps).map((gap) => (level -= Math.exp(gap)))].map((value) => rounded(Math.exp(value)));
  const churn = numbers.slice(steps, 2 * steps - 1).map((logit) => {
    const c = 1 / (1 + Math.exp(-logit));
    return c < CHURN_EDGE ? 0 : c > 1 - CHURN_EDGE ? 1 : rounded(c);
  });
  return { sigmas, churn, extrapolation: numbers.slice(2 * steps - 1).map((g) => rounded(Math.min(Math.max(g, 0), 10))) };
}

/** First standard deviations of the numbers, in the same order. */
const SCALES = { first: 0.2, gap: 0.12, logit: 0.4, extrapolation: 0.12 } as const;

interface Line extends Quality {
  readonly schedule: Schedule;
}

/** The best schedule that `evaluations` candidates found by CMA-ES around `start`, itself the first of them. `path`: the file of candidates. */
export async function searchSchedule(trial: Trial, start: Schedule, evaluations: number, path: string): Promise<Line> {
  const steps = start.sigmas.length;
  const known = existsSync(path) ? readLines(path) : [];
  mkdirSync(dirname(path), { recursive: true });
  let measured = 0;
  let best: Line | undefined;
  const value = async (schedule: Schedule): Promise<number> => {
    let line = known[measured];
    if (line === undefined || JSON.stringify(line.schedule) !== JSON.stringify(schedule)) {
      known.length = Math.min(known.length, measured);
      line = { schedule, ...(await scheduleQuality(trial, schedule)) };
      appendFileSync(path, `${JSON.stringify(line)}\n`);
    }
    measured++;
    if (best === undefined || line.fid < best.fid) {
      best = line;
      console.log(
        `${steps} evaluations, candidate ${measured}: FID ${line.fid.toFixed(3)}, class accuracy ${(100 * line.classAccuracy).toFixed(1)} %, ${describeSchedule(schedule)}`,
      );
    }
    return line.fid;
  };

  await value(start);
  if (steps === 1) return best as unknown as Line;
  const { first, gap, logit, extrapolation } = SCALES;
  const scales = [first, ...start.churn.map(() => gap), ...start.churn.map(() => logit), ...start.churn.map(() => extrapolation)];
  const streams = (generation: number) => seedState(`${trial.seed}/cma/${steps}/${generation}`);
  const search = cma(numbersOf(start), scales, (generation, index, out) => gaussians(streams(generation), index, out));
  const population = populationOf(scales.length);
  while (measured + population <= evaluations) {
    const values: number[] = [];
    for (const numbers of search.ask()) values.push(await value(scheduleOf(numbers)));
    search.tell(values);
  }
  await value(scheduleOf(search.mean));
  return best as unknown as Line;
}

function readLines(path: string): Line[] {
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1); // what a cut-off write left has no end of line
  return lines.map((line) => JSON.parse(line) as Line);
}
