/**
 * A network that learns the score of data at some noise levels, and the particles that it moves by Langevin dynamics
 * through these levels: a plane of the scene "matching".
 */
import { ald } from "../../wasm-model/sampling/ald.ts";
import { levelPlane, scoreField } from "./level-plane.ts";
import { type Component, mixtureDenoiser, mixtureDensity } from "./mixture.ts";
import { batchOf, type Draws, type ParticleDenoiser, ParticleRun } from "./particles.ts";
import type { Point } from "./points.ts";
import type { Plane } from "./scene.ts";
import { ScoreError } from "./score-error.ts";
import { ScoreMatching } from "./score-matching.ts";

/** Training steps after which the map of the error is drawn anew. */
const REDRAWN = 64;

export interface Schedule {
  /** Noise levels, decreasing. */
  readonly sigmas: readonly number[];
  readonly stepsPerLevel: number;
  /** Step over sigma^2. */
  readonly relativeStep: number;
  readonly heat: (sigma: number) => number;
}

/** What it learns from, and what its particles do and show. */
export interface Assignment {
  readonly components: readonly Component[];
  readonly score: "learned" | "exact";
  readonly shows: "error" | "density";
  readonly start: Float32Array;
  readonly draws: Draws;
  readonly marks: readonly Point[];
}

export class Learner {
  /** Its particles. */
  run!: ParticleRun;
  plane!: () => Plane;
  readonly #schedule: Schedule;
  readonly #training: ScoreMatching;
  #assignment: Assignment;
  #exact!: ParticleDenoiser;

  constructor(schedule: Schedule, assignment: Assignment) {
    this.#schedule = schedule;
    this.#training = new ScoreMatching(`langevin/${assignment.draws.seed}/score-matching`);
    this.#assignment = assignment;
    this.assign(assignment);
  }

  /** Training steps so far. */
  get steps(): number {
    return this.#training.steps;
  }

  /** The network goes on with its weights, and the particles begin anew. */
  assign(assignment: Assignment): void {
    this.#assignment = assignment;
    this.#exact = mixtureDenoiser(assignment.components);
    this.restart();
  }

  /** Lets the particles begin anew. */
  restart(): void {
    const { sigmas, stepsPerLevel, relativeStep, heat } = this.#schedule;
    const { components, score, shows, start, draws, marks } = this.#assignment;
    const denoise = score === "learned" ? this.#learned : this.#exact;
    const sampler = ald({ ...batchOf(draws), sigmas, stepsPerLevel, epsilon: relativeStep * sigmas.at(-1)! ** 2 });
    this.run = new ParticleRun(sampler, denoise, start);
    const at = (sigma: number) => ({
      density: shows === "error" ? this.error(sigma).shades : mixtureDensity(components, sigma),
      field: scoreField(denoise, sigma),
      heat: heat(sigma),
      shows,
      marks,
    });
    this.plane = levelPlane(this.run, at, () => (shows === "error" ? Math.floor(this.steps / REDRAWN) : 0));
  }

  train(learningRate: number): void {
    const { sigmas } = this.#schedule;
    this.#training.train(this.#assignment.components, { sigmaMin: sigmas.at(-1)!, sigmaMax: sigmas[0] }, learningRate);
  }

  error(sigma: number): ScoreError {
    return new ScoreError(this.#learned, this.#exact, sigma);
  }

  readonly #learned: ParticleDenoiser = (x, sigma, out) => this.#training.denoise(x, sigma, out, this.#assignment.components);
}
