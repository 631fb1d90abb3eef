/**
 * What a few chains tell of a sampler: their traces, effective sample size, R-hat and acceptance; and, as the target
 * distribution is known here, what these numbers do not see.
 */
import { type Component, mixtureDenoiser, mixtureDensity } from "./mixture.ts";
import { RandomNumbers } from "./random-numbers.ts";
import { cellAt, HALF, middleOf, type Target } from "./target.ts";
import { type Landscape, type Method, Walkers } from "./walkers.ts";

/** Places of each chain that are kept; the later half of them counts. The first half may be on its way from the start. */
const KEPT = 2000;
/** Places that a trace shows. */
export const SHOWN = 400;
/** A chain this far out has diverged. */
const FAR = 10 * HALF;
/** Above it the chains disagree (Gelman & Rubin 1992 took 1.1, Vehtari et al. 2021 take 1.01). */
const DISAGREE = 1.05;
/** Standard errors from the exact mean or mean square that are no chance. */
const CHANCE = 4;

/** A method that moves particles, each of which is a chain: `Walkers`, or a sampler by a `ParticleRun`. */
export interface Mover {
  readonly x: Float32Array;
  readonly acceptance?: number | undefined;
  step(): void;
}

export interface Reading {
  /** x of each chain by step, as far as it is a number. */
  readonly traces: readonly (readonly (readonly [step: number, x: number])[])[];
  /** Independent draws that 1000 steps of a chain are worth. */
  readonly effective: number;
  readonly rHat: number;
  /** Of a Metropolis test; none for BAOAB. */
  readonly acceptance: number | undefined;
  /** What is wrong with the chains, in sentences. */
  readonly verdicts: readonly string[];
}

/** Four chains, each from the most probable place of a quarter of the plane. */
export class Chains {
  readonly words: string;
  readonly #begin: (start: Float32Array) => Mover;
  readonly #target: Target;
  #mover: Mover | undefined;
  #paths: number[][] = [];
  #seen: boolean[][] = [];
  #steps = 0;

  /** `words`: the method, in words. */
  constructor(words: string, target: Target, begin: (start: Float32Array) => Mover) {
    this.words = words;
    this.#target = target;
    this.#begin = begin;
  }

  step(): void {
    const { weights, ofCell } = this.#target.modes;
    if (!this.#mover) {
      const starts = startsOf(this.#target.cells);
      this.#mover = this.#begin(Float32Array.from(starts.flat()));
      this.#paths = starts.map(() => []);
      this.#seen = starts.map(() => weights.map(() => false));
    }
    this.#mover.step();
    this.#steps++;
    for (const [chain, path] of this.#paths.entries()) {
      const [x, y] = this.#mover.x.subarray(2 * chain);
      path.push(x!);
      if (path.length > KEPT) path.splice(0, KEPT / 4);
      const cell = cellAt(x!, y!);
      if (cell !== undefined && ofCell[cell] >= 0) this.#seen[chain][ofCell[cell]] = true;
    }
  }

  reading(): Reading {
    const later = this.#paths.map((path) => path.slice(path.length / 2));
    const diverged = later.filter((path) => path.some((x) => !(Math.abs(x) < FAR))).length;
    const first = this.#steps - (this.#paths[0]?.length ?? 0) + 1;
    const traces = this.#paths.map((path) =>
      path.flatMap((x, k) => (k >= path.length - SHOWN && Number.isFinite(x) ? [[first + k, x] as const] : [])),
    );
    const { acceptance } = this.#mover ?? {};
    if (diverged > 0 || later.length === 0 || later[0].length < 4) {
      const verdicts = diverged > 0 ? [`${diverged} of ${later.length} chains diverged: the step is too long.`] : [];
      return { traces, effective: Number.NaN, rHat: Number.NaN, acceptance, verdicts };
    }
    const { rHat, tau } = mixing(later);
    return { traces, effective: 1000 / tau, rHat, acceptance, verdicts: this.#judge(later, rHat, tau) };
  }

  #judge(paths: readonly (readonly number[])[], rHat: number, tau: number): string[] {
    const verdicts: string[] = [];
    if (rHat > DISAGREE) verdicts.push("The chains disagree: they are not at equilibrium.");
    const all = paths.flat();
    const exact = [1, 2, 4].map((power) => momentOf(this.#target.cells, power));
    const off = [1, 2].some((power, i) => {
      const variance = power === 1 ? exact[1] - exact[0] ** 2 : exact[2] - exact[1] ** 2;
      const mean = all.reduce((sum, x) => sum + x ** power, 0) / all.length;
      return Math.abs(mean - exact[i]) > CHANCE * Math.sqrt((variance * tau) / all.length) + ROUNDING;
    });
    if (off) verdicts.push("Mean or mean square of x are not the exact ones: not at equilibrium, or biased by the step.");
    for (const [mode, weight] of this.#target.modes.weights.entries()) {
      const unseen = this.#seen.filter((seen) => !seen[mode]).length;
      const share = `${Math.round(100 * weight)} %`;
      if (unseen > 0)
        verdicts.push(`Another mode is unseen: ${unseen} of ${paths.length} chains never met one that has ${share} of the probability.`);
    }
    return verdicts;
  }
}

/** How far cells are off as moments of x: a cell's own variance, its width squared over 12. */
const ROUNDING = 0.3 ** 2 / 12;

/** The mean of x to a power, by the middles of the cells. */
export function momentOf(cells: Float64Array, power: number): number {
  let [sum, mass] = [0, 0];
  for (let cell = 0; cell < cells.length - 1; cell++) {
    sum += cells[cell] * middleOf(cell)[0] ** power;
    mass += cells[cell];
  }
  return sum / mass;
}

/** The middle of the most probable cell of each quarter of the plane. */
export function startsOf(cells: Float64Array): (readonly [x: number, y: number])[] {
  const all = Array.from({ length: cells.length - 1 }, (_, cell) => cell);
  return [
    [-1, -1],
    [1, -1],
    [-1, 1],
    [1, 1],
  ].map(([right, up]) => {
    const quarter = all.filter((cell) => middleOf(cell)[0] * right! > 0 && middleOf(cell)[1] * up! > 0);
    return middleOf(quarter.reduce((best, cell) => (cells[cell] > cells[best] ? cell : best)));
  });
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The covariance of a path with itself, some steps later. */
function covariance(path: readonly number[], lag: number): number {
  const mean = meanOf(path);
  let sum = 0;
  for (let i = 0; i + lag < path.length; i++) sum += (path[i] - mean) * (path[i + lag] - mean);
  return sum / path.length;
}

/**
 * R-hat = sqrt(V / W) of chains cut in halves, where W is the mean variance within a half and V adds the variance
 * between their means; and tau = 1 + 2 sum_k rho_k with rho_k = 1 - (W - the mean covariance at lag k) / V, the steps
 * that are worth one independent draw (Gelman et al., Bayesian Data Analysis, 3rd ed., section 11.5). The sum ends where
 * rho_2m + rho_2m+1 is no longer positive (Geyer 1992). Chains that disagree have a large tau.
 */
export function mixing(paths: readonly (readonly number[])[]): { readonly rHat: number; readonly tau: number } {
  const n = Math.floor(paths[0].length / 2);
  const halves = paths.flatMap((path) => [path.slice(0, n), path.slice(-n)]);
  const means = halves.map(meanOf);
  const grand = meanOf(means);
  const between = means.reduce((sum, mean) => sum + (mean - grand) ** 2, 0) / (means.length - 1);
  const within = meanOf(halves.map((half) => (covariance(half, 0) * n) / (n - 1)));
  const all = (within * (n - 1)) / n + between;
  if (!(all > 0)) return { rHat: 1, tau: n * halves.length };
  const rho = (lag: number) => 1 - (within - meanOf(halves.map((half) => covariance(half, lag)))) / all;
  let tau = -1;
  for (let lag = 0; lag + 1 < n; lag += 2) {
    const pair = (lag === 0 ? 1 : rho(lag)) + rho(lag + 1);
    if (pair <= 0) break;
    tau += 2 * pair;
  }
  return { rHat: within > 0 ? Math.sqrt(all / within) : Infinity, tau: Math.min(n * halves.length, Math.max(tau, 0.01)) };
}

/** Chains whose steps may be accepted or refused. */
export const walkingChains = (words: string, target: Target, method: Method, landscape: Landscape, seed: number): Chains =>
  new Chains(words, target, (start) => new Walkers(start, method, landscape, new RandomNumbers(`langevin/${seed}/chains`)));

/** Chains of plain Langevin dynamics in a mixture with noise sigma, whose steps are a = relativeStep sigma^2, as `ald` takes them. */
export const plainChains = (
  target: Target,
  components: readonly Component[],
  { sigma, relativeStep, seed }: Readonly<Record<"sigma" | "relativeStep" | "seed", number>>,
): Chains =>
  walkingChains(
    `plain Langevin dynamics at σ = ${sigma}, with steps of ${relativeStep} σ²`,
    target,
    { name: "plain", stepSize: Math.sqrt(relativeStep) * sigma },
    { density: mixtureDensity(components, sigma), denoise: mixtureDenoiser(components), sigma },
    seed,
  );
