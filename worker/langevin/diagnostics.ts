/**
 * What a few particles of a plane tell of its method, if one takes each for a chain: effective sample size and R-hat; and,
 * as the target distribution is known here, what these numbers do not see.
 */
import { cellAt, HALF, middleOf, type Target } from "./target.ts";

/** Particles that are followed. */
export const FOLLOWED = 4;
/** Places of each that are kept; the later half of them counts. The first half may be on its way from the start. */
const KEPT = 1200;
/** A particle this far out has diverged. */
const FAR = 10 * HALF;
/** Above it the chains disagree (Gelman & Rubin 1992 took 1.1, Vehtari et al. 2021 take 1.01). */
const DISAGREE = 1.05;
/** Standard errors from the exact mean or mean square that are no chance. */
const CHANCE = 4;
/** How far cells are off as moments of x: a cell's own variance, its width squared over 12. */
const ROUNDING = 0.3 ** 2 / 12;

export interface Reading {
  /** Independent draws that 1000 steps of a chain are worth; not a number if they diverged. */
  readonly effective: number | "none yet";
  readonly rHat: number | "none yet";
  /** What is wrong with the chains, to be said of the method. */
  readonly verdicts: readonly string[];
}

export class Chains {
  /** The method, in words. */
  readonly method: string;
  readonly #target: Target;
  /** x of each chain by step. */
  readonly #paths: number[][] = Array.from({ length: FOLLOWED }, () => []);
  /** The modes that each chain has met. */
  readonly #met = this.#paths.map(() => new Set<number>());

  constructor(method: string, target: Target) {
    this.method = method;
    this.#target = target;
  }

  /** After each step: the particles of the plane, of which the first are followed. */
  add(particles: Float32Array): void {
    const { ofCell } = this.#target.modes;
    for (const [chain, path] of this.#paths.entries()) {
      const [x, y] = [particles[2 * chain], particles[2 * chain + 1]];
      path.push(x);
      if (path.length > KEPT) path.splice(0, KEPT / 4);
      const cell = cellAt(x, y);
      if (cell !== undefined && ofCell[cell] >= 0) this.#met[chain].add(ofCell[cell]);
    }
  }

  reading(): Reading {
    const later = this.#paths.map((path) => path.slice(path.length / 2));
    const diverged = later.filter((path) => path.some((x) => !(Math.abs(x) < FAR))).length;
    if (later[0].length < 4) return { effective: "none yet", rHat: "none yet", verdicts: [] };
    const words = `${diverged} of ${FOLLOWED} particles diverged: the step is too long, or nothing holds them.`;
    if (diverged > 0) return { effective: Number.NaN, rHat: Number.NaN, verdicts: [words] };
    const { rHat, tau } = mixing(later);
    return { effective: 1000 / tau, rHat, verdicts: this.#judge(later, rHat, tau) };
  }

  #judge(paths: readonly (readonly number[])[], rHat: number, tau: number): string[] {
    const verdicts: string[] = [];
    if (rHat > DISAGREE) verdicts.push("the particles disagree, so they are not at equilibrium.");
    const all = paths.flat();
    const exact = [1, 2, 4].map((power) => momentOf(this.#target.cells, power));
    const off = [1, 2].some((power, i) => {
      const variance = power === 1 ? exact[1] - exact[0] ** 2 : exact[2] - exact[1] ** 2;
      const mean = all.reduce((sum, x) => sum + x ** power, 0) / all.length;
      return Math.abs(mean - exact[i]) > CHANCE * Math.sqrt((variance * tau) / all.length) + ROUNDING;
    });
    if (off) verdicts.push("mean or mean square of x are not the exact ones: not at equilibrium, or biased by the step.");
    for (const [mode, weight] of this.#target.modes.weights.entries()) {
      const unseen = this.#met.filter((met) => !met.has(mode)).length;
      const share = `${Math.round(100 * weight)} %`;
      if (unseen > 0)
        verdicts.push(`another mode is unseen: ${unseen} of ${FOLLOWED} particles never met one that has ${share} of the probability.`);
    }
    return verdicts;
  }
}

/** The mean of x to a power, by the middles of the cells. */
export function momentOf(cells: Float64Array, power: number): number {
  let [sum, mass] = [0, 0];
  for (let cell = 0; cell < cells.length - 1; cell++) {
    sum += cells[cell] * middleOf(cell)[0] ** power;
    mass += cells[cell];
  }
  return sum / mass;
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The covariance of a path of mean 0 with itself, some steps later. */
function covariance(path: readonly number[], lag: number): number {
  let sum = 0;
  for (let i = 0; i + lag < path.length; i++) sum += path[i] * path[i + lag];
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
  const centred = halves.map((half, i) => half.map((x) => x - means[i]));
  const grand = meanOf(means);
  const between = means.reduce((sum, mean) => sum + (mean - grand) ** 2, 0) / (means.length - 1);
  const within = meanOf(centred.map((half) => (covariance(half, 0) * n) / (n - 1)));
  const all = (within * (n - 1)) / n + between;
  if (!(all > 0)) return { rHat: 1, tau: n * halves.length };
  const rho = (lag: number) => 1 - (within - meanOf(centred.map((half) => covariance(half, lag)))) / all;
  let tau = -1;
  for (let lag = 0; lag + 1 < n; lag += 2) {
    const pair = (lag === 0 ? 1 : rho(lag)) + rho(lag + 1);
    if (pair <= 0) break;
    tau += 2 * pair;
  }
  return { rHat: within > 0 ? Math.sqrt(all / within) : Infinity, tau: Math.min(n * halves.length, Math.max(tau, 0.01)) };
}
