/**
 * Annealed Langevin dynamics from the same start, side by side: one run that goes on at one noise level, and one that
 * falls through several and ends.
 */
import { ald } from "../../wasm-model/sampling/ald.ts";
import { geometricSigmas } from "../../wasm-model/sampling/noise-levels.ts";
import type { Sampler } from "../../wasm-model/sampling/sampler.ts";
import { type Paths, plainPaths } from "./diagnostics.ts";
import { heatOf, LevelPlane, scoreField } from "./level-plane.ts";
import { type Component, mixtureDenoiser, mixtureDensity } from "./mixture.ts";
import { aldNoise, batchOf, type Draws, ENDLESS, ParticleRun } from "./particles.ts";
import { type ChartData, level, type Plane, type Simulation, type TableRow, Trace } from "./scene.ts";
import { Target } from "./target.ts";

interface Comparison {
  /** The data at a noise level, and how many standard deviations from them there is a score. */
  readonly mixture: (sigma: number) => readonly Component[];
  readonly reach?: number;
  /** The endless run's noise level; the last and the first of the other one; and the one that is shown hottest. */
  readonly sigma: number;
  readonly sigmaMin: number;
  readonly sigmaMax: number;
  readonly hottest: number;
  readonly levels: number;
  readonly stepsPerLevel: number;
  /** Step over sigma^2. */
  readonly relativeStep: number;
  readonly draws: Draws;
  readonly start: Float32Array;
}

export abstract class ComparedRuns implements Simulation {
  readonly stepsPerFrame = 1;
  readonly planes: readonly Plane[];
  readonly target: Target;
  readonly paths: Paths;
  protected readonly runs: readonly [endless: ParticleRun, ending: ParticleRun];
  protected steps = 0;
  readonly #distances = [new Trace(), new Trace()] as const;

  constructor({ mixture, reach, sigma, sigmaMin, sigmaMax, hottest, levels, stepsPerLevel, relativeStep, draws, start }: Comparison) {
    const batch = batchOf(draws);
    const sigmas = levels === 1 ? [sigmaMin] : geometricSigmas({ steps: levels, sigmaMin, sigmaMax });
    const run = (sampler: Sampler) =>
      new ParticleRun(sampler, mixtureDenoiser(mixture, reach), { start, noise: aldNoise(batch, relativeStep) });
    this.runs = [
      run(ald({ ...batch, sigmas: [sigma], stepsPerLevel: ENDLESS, epsilon: relativeStep * sigma * sigma })),
      run(ald({ ...batch, sigmas, stepsPerLevel, epsilon: relativeStep * sigmaMin * sigmaMin })),
    ];
    const denoise = mixtureDenoiser(mixture, reach);
    const at = (shown: number) => ({
      density: mixtureDensity(mixture(shown), shown),
      field: scoreField(denoise, shown),
      heat: heatOf(shown, sigmaMin, hottest),
    });
    this.planes = this.runs.map((one) => new LevelPlane(one, at));
    this.target = new Target(mixtureDensity(mixture(sigmaMin), sigmaMin), draws.particles);
    this.paths = plainPaths(mixture, { sigma, relativeStep, seed: draws.seed }, reach);
  }

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
    for (const [i, { x }] of this.runs.entries()) this.#distances[i].add(this.steps, this.target.distanceOf(x));
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
