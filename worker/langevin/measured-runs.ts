/**
 * A chart of distances from the target, each of a run of its own. The runs go on one evaluation at a time, one run after
 * the other, so that they can run beside an animation.
 */
import type { ParticleRun } from "./particles.ts";
import type { Target } from "./target.ts";

interface MeasuredRun {
  readonly line: number;
  begin(): ParticleRun;
  /** The point's x, once the run is over. */
  xAtEnd(run: ParticleRun): number | undefined;
}

export class MeasuredRuns {
  /** In ascending order of x. */
  readonly lines: readonly [x: number, distance: number][][];
  readonly #target: Target;
  readonly #waiting: MeasuredRun[];
  #run: ParticleRun | undefined;

  constructor(target: Target, lines: number, runs: readonly MeasuredRun[]) {
    this.#target = target;
    this.#waiting = [...runs];
    this.lines = Array.from({ length: lines }, () => []);
  }

  get done(): boolean {
    return this.#waiting.length === 0;
  }

  step(): void {
    const [current] = this.#waiting;
    if (!current) return;
    this.#run ??= current.begin();
    this.#run.step();
    const x = current.xAtEnd(this.#run);
    if (x === undefined) return;
    const line = this.lines[current.line];
    line.push([x, this.#target.distanceOf(this.#run.x)]);
    line.sort(([a], [b]) => a - b);
    this.#waiting.shift();
    this.#run = undefined;
  }
}
