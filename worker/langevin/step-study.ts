/**
 * How far a method's step size moves its stationary distribution: for each method and step, particles start from exact
 * draws and run until they have settled to whatever the method samples; their distance from the target is one point of a
 * chart. One evaluation at a time, so that it can run beside an animation.
 */
import type { Sampler } from "../../wasm-model/sampling/sampler.ts";
import { type ParticleDenoiser, ParticleRun } from "./particles.ts";
import type { RandomNumbers } from "./random-numbers.ts";
import type { Target } from "./target.ts";

export interface StudiedMethod {
  create(timeStep: number): Sampler;
  /** Steps after which particles have settled. */
  settled(timeStep: number): number;
}

export class StepStudy {
  /** Of each method: distances by step size. */
  readonly lines: readonly [timeStep: number, distance: number][][];
  readonly #target: Target;
  readonly #denoise: ParticleDenoiser;
  readonly #methods: readonly StudiedMethod[];
  readonly #random: RandomNumbers;
  readonly #waiting: { readonly method: number; readonly timeStep: number }[];
  #current: { readonly method: number; readonly timeStep: number; readonly run: ParticleRun; readonly steps: number } | undefined;
  #start: Float32Array | undefined;

  /** `timeSteps`: the largest first, which takes the shortest run. */
  constructor(
    { target, denoise, random }: { readonly target: Target; readonly denoise: ParticleDenoiser; readonly random: RandomNumbers },
    methods: readonly StudiedMethod[],
    timeSteps: readonly number[],
  ) {
    this.#target = target;
    this.#denoise = denoise;
    this.#methods = methods;
    this.#random = random;
    this.lines = methods.map(() => []);
    this.#waiting = timeSteps.flatMap((timeStep) => methods.map((_, method) => ({ method, timeStep })));
  }

  get done(): boolean {
    return !this.#current && this.#waiting.length === 0;
  }

  step(): void {
    if (!this.#current) {
      const next = this.#waiting.shift();
      if (!next) return;
      this.#start ??= this.#target.draws(this.#target.particles, this.#random);
      const { create, settled } = this.#methods[next.method]!;
      const run = new ParticleRun(create(next.timeStep), this.#denoise, { start: this.#start });
      this.#current = { ...next, run, steps: settled(next.timeStep) };
    }
    const { method, timeStep, run, steps } = this.#current;
    run.step();
    if (run.evaluations < steps) return;
    this.lines[method]!.unshift([timeStep, this.#target.distanceOf(run.x)]);
    this.#current = undefined;
  }
}
