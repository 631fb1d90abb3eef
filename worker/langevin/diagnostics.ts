/**
 * What one particle's path tells of a sampler, at three step sizes side by side: the trace of its x, its autocorrelation,
 * the effective sample size, and the acceptance of a Metropolis test.
 */
import type { Point } from "./controls.ts";
import { type Component, mixtureDenoiser, mixtureDensity } from "./mixture.ts";
import { RandomNumbers } from "./random-numbers.ts";
import { type Landscape, type Method, Walkers } from "./walkers.ts";

/** Places of the path that are kept, that a trace shows, and the longest lag that the chart shows. */
const KEPT = 2000;
const SHOWN = 400;
const LAGS = 100;
/** The longest lag that counts in an effective sample size. */
const LONGEST = 400;
/** Factors of the step size. */
export const FACTORS = [0.25, 1, 4] as const;

export interface Reading {
  readonly step: number;
  readonly trace: readonly (readonly [step: number, x: number])[];
  readonly autocorrelation: readonly (readonly [lag: number, correlation: number])[];
  /** Independent draws that 1000 steps are worth. */
  readonly effective: number;
  /** Of a Metropolis test; none for BAOAB. */
  readonly acceptance: number | undefined;
}

/** What moves a particle: `Walkers`, or a sampler by a `ParticleRun`. */
interface Mover {
  readonly x: Float32Array;
  readonly acceptance?: number | undefined;
  step(): void;
}

interface PathOptions {
  /** The method and its name, in words. */
  readonly mover: (factor: number) => Mover;
  readonly words: string;
  /** The number that the page shows for a factor of the step. */
  readonly shown: (factor: number) => number;
}

/** Where a path begins, and the seed of its noise. */
export interface PathStart {
  readonly start: Point;
  readonly seed: number;
}

/** One particle, moved by a method with steps that may be accepted or refused. */
export const walker = (method: Method, landscape: Landscape, { start, seed }: PathStart): Mover =>
  new Walkers(Float32Array.from(start), method, landscape, new RandomNumbers(`langevin/${seed}/path`));

/** How the paths of plain Langevin dynamics move. */
interface PlainSteps {
  /** Of the noise in the mixture. */
  readonly sigma: number;
  /** Steps are a = relativeStep sigma^2, as `ald` takes them. */
  readonly relativeStep: number;
  readonly seed: number;
}

/** Paths of plain Langevin dynamics in a mixture with a score as far as `reach`, from the first component. */
export function plainPaths(mixture: (sigma: number) => readonly Component[], steps: PlainSteps, reach?: number): Paths {
  const { sigma, relativeStep, seed } = steps;
  const components = mixture(sigma);
  const landscape = { density: mixtureDensity(components, sigma), denoise: mixtureDenoiser(mixture, reach), sigma };
  const { x, y } = components[0];
  return new Paths({
    words: `plain Langevin dynamics at σ = ${sigma}. Steps are in units of σ².`,
    mover: (factor) => walker({ name: "plain", stepSize: Math.sqrt(factor * relativeStep) * sigma }, landscape, { start: [x, y], seed }),
    shown: (factor) => factor * relativeStep,
  });
}

/** Three paths from the same start. */
export class Paths {
  readonly words: string;
  readonly #movers: readonly Mover[];
  readonly #shown: readonly number[];
  readonly #paths: readonly number[][] = FACTORS.map(() => []);

  #steps = 0;

  constructor({ mover, words, shown }: PathOptions) {
    this.words = words;
    this.#shown = FACTORS.map(shown);
    this.#movers = FACTORS.map(mover);
  }

  step(): void {
    this.#steps++;
    for (const [i, mover] of this.#movers.entries()) {
      mover.step();
      const path = this.#paths[i];
      path.push(mover.x[0]);
      if (path.length > KEPT) path.splice(0, KEPT / 4);
    }
  }

  readings(): readonly Reading[] {
    return this.#movers.map(({ acceptance }, i) => {
      const path = this.#paths[i];
      const first = Math.max(0, path.length - SHOWN);
      const correlations = autocorrelation(path, LAGS);
      return {
        step: this.#shown[i],
        trace: path.slice(first).map((x, k) => [this.#steps - path.length + first + k + 1, x] as const),
        autocorrelation: correlations.map((correlation, lag) => [lag, correlation] as const),
        effective: 1000 / autocorrelationTime(path),
        acceptance,
      };
    });
  }
}

/** Correlations of a path with itself, some steps later: of lags 0, 1, 2, ..., each computed when it is asked for. */
function* correlations(path: ArrayLike<number>): Generator<number, undefined> {
  const n = path.length;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += path[i] / n;
  const at = (lag: number) => {
    let sum = 0;
    for (let i = 0; i + lag < n; i++) sum += (path[i] - mean) * (path[i + lag] - mean);
    return sum;
  };
  const variance = at(0);
  for (let lag = 0; lag < n; lag++) yield variance > 0 ? at(lag) / variance : 1;
  return undefined;
}

/** Those of lags 0 to `most`. */
export function autocorrelation(path: ArrayLike<number>, most: number): number[] {
  const rho = correlations(path);
  return Array.from({ length: Math.min(path.length, most + 1) }, () => rho.next().value ?? 0);
}

/**
 * tau = 1 + 2 sum_k rho_k: the steps that are worth one independent draw. The sum ends where rho_2m + rho_2m+1 is no
 * longer positive (Geyer 1992), or at lag LONGEST. At most the number of steps.
 */
export function autocorrelationTime(path: ArrayLike<number>): number {
  if (path.length < 2) return 1;
  const rho = correlations(path);
  let tau = -1;
  for (let lag = 0; lag < LONGEST; lag += 2) {
    const pair = (rho.next().value ?? 0) + (rho.next().value ?? 0);
    if (pair <= 0) break;
    tau += 2 * pair;
  }
  return Math.min(path.length, Math.max(tau, 0.01));
}
