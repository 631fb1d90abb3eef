/**
 * A search with three strategies: try all candidates, coordinate descent over settings, or an evolution of numbers.
 * Every candidate is measured once. The order does not depend on the clock, so an interrupted search reaches the same
 * end.
 */
import { isDeepStrictEqual } from "node:util";
import { gaussians, seedState } from "../../wasm-model/sampling/random.ts";
import { cma, populationOf } from "./cma-es.ts";

export interface Trial<Candidate, Result> {
  readonly candidate: Candidate;
  readonly result: Result;
}

interface Space<Candidate, Result> {
  measure(candidate: Candidate): Promise<Result>;
  /** Lower is better. */
  costOf(result: Result): number;
  /** Trials that an earlier process measured. */
  readonly known?: readonly Trial<Candidate, Result>[];
  /** Called with all trials so far after each new measurement. */
  keep?(trials: readonly Trial<Candidate, Result>[]): void;
  /** Called with each trial, its number, and whether it is the best so far. */
  tell?(trial: Trial<Candidate, Result>, number: number, isBest: boolean): void;
}

export class Search<Candidate, Result> {
  private readonly space: Space<Candidate, Result>;
  /** In the order in which they were tried. */
  readonly trials: Trial<Candidate, Result>[] = [];

  constructor(space: Space<Candidate, Result>) {
    this.space = space;
  }

  /** Best first; of equally good ones the earlier first. */
  get ranked(): Trial<Candidate, Result>[] {
    const { costOf } = this.space;
    return this.trials.toSorted((a, b) => costOf(a.result) - costOf(b.result));
  }

  /** Throws an Error before the first trial. */
  get best(): Candidate {
    const [first] = this.ranked;
    if (first === undefined) throw new Error("Expected at least one trial but received none");
    return first.candidate;
  }

  /** Measures a candidate, unless it is known. Returns its cost. */
  async try(candidate: Candidate): Promise<number> {
    const { space, trials } = this;
    const known = space.known?.find((one) => isDeepStrictEqual(one.candidate, candidate));
    const trial = known ?? { candidate, result: await space.measure(candidate) };
    trials.push(trial);
    if (!known) space.keep?.(trials);
    space.tell?.(trial, trials.length, this.ranked[0] === trial);
    return space.costOf(trial.result);
  }

  async tryAll(candidates: readonly Candidate[]): Promise<void> {
    for (const candidate of candidates) await this.try(candidate);
  }

  /**
   * Coordinate descent from `start`: tries the values of one setting after another, each time with the best values of
   * the others.
   */
  async descend<Name extends keyof Candidate>(
    start: Candidate,
    values: readonly (readonly [Name, readonly Candidate[Name][]])[],
  ): Promise<void> {
    await this.try(start);
    for (const [name, own] of values) {
      const others = this.best;
      await this.tryAll(own.map((value) => ({ ...others, [name]: value })));
    }
  }

  /**
   * CMA-ES around `start` with initial standard deviations `scales`, for as many generations as fit into `most` trials;
   * then tries the mean.
   */
  async evolve(
    start: readonly number[],
    scales: readonly number[],
    candidateOf: (numbers: readonly number[]) => Candidate,
    most: number,
    seed: string,
  ): Promise<void> {
    const evolution = cma(start, scales, (generation, index, out) => gaussians(seedState(`${seed}/${generation}`), index, out));
    const population = populationOf(scales.length);
    while (this.trials.length + population <= most) {
      const values: number[] = [];
      for (const numbers of evolution.ask()) values.push(await this.try(candidateOf(numbers)));
      evolution.tell(values);
    }
    await this.try(candidateOf(evolution.mean));
  }
}
