/** Two runs from the same start, side by side: one that goes on at its noise level, and one that ends. */

import type { Paths } from "./diagnostics.ts";
import { LevelPlane, type Shown } from "./level-plane.ts";
import type { ParticleRun } from "./particles.ts";
import { type ChartData, level, type Plane, type Simulation, type TableRow, Trace } from "./scene.ts";
import type { Target } from "./target.ts";

export abstract class ComparedRuns implements Simulation {
  readonly stepsPerFrame = 1;
  readonly planes: readonly Plane[];
  readonly target: Target;
  protected readonly runs: readonly [endless: ParticleRun, ending: ParticleRun];
  protected steps = 0;
  readonly #distances = [new Trace(), new Trace()] as const;

  /** `at`: what the planes show at a noise level. */
  constructor(runs: ComparedRuns["runs"], at: (sigma: number) => Shown, target: Target, paths: Paths) {
    this.paths = paths;
    this.runs = runs;
    this.planes = runs.map((run) => new LevelPlane(run, at));
    this.target = target;
  }

  readonly paths: Paths;
  abstract rows(): readonly TableRow[];
  abstract charts(): readonly ChartData[];

  get done(): boolean {
    return this.runs[1].done;
  }

  step(): void {
    if (this.done) return;
    this.recordStart();
    for (const run of this.runs) run.step();
    this.steps++;
    if (this.steps % 4 === 0 || this.done) this.record();
  }

  /**
   * Records the start, as late as possible: the target's cells take long to compute, and a start should not wait for
   * them.
   */
  protected recordStart(): void {
    if (this.#distances[0].points.length === 0) this.record();
  }

  protected record(): void {
    for (const [i, { x }] of this.runs.entries()) this.#distances[i]!.add(this.steps, this.target.distanceOf(x));
  }

  /** The x-axis of what is recorded. */
  protected get stepAxis(): ChartData["x"] {
    return [0, Math.max(1, this.steps)];
  }

  protected distances(): ChartData {
    this.recordStart();
    const x = this.stepAxis;
    return { x, y: [0.01, 1], lines: [...this.#distances.map(({ points }) => points), level(x, this.target.exact)] };
  }
}
