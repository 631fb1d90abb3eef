/**
 * A network that learns the score of data at some noise levels, and the particles that it moves by Langevin dynamics
 * through these levels: a plane of the scene "matching".
 */
import { ald } from "../../wasm-model/sampling/ald.ts";
import { heatOf, scoreField } from "./level-plane.ts";
import { type Component, mixtureDenoiser, mixtureDensity } from "./mixture.ts";
import { batchOf, type Draws, type ParticleDenoiser, ParticleRun } from "./particles.ts";
import type { Point } from "./points.ts";
import type { ArrowField, Plane } from "./scene.ts";
import { ScoreError } from "./score-error.ts";
import { ScoreMatching } from "./score-matching.ts";
import type { Density } from "./target.ts";

export interface LearnerOptions {
  /** Noise levels, decreasing. Equal ones are one level. */
  readonly sigmas: readonly number[];
  readonly stepsPerLevel: number;
  /** Step over sigma^2. */
  readonly relativeStep: number;
  /** Those between which heat is shown. */
  readonly heat: readonly [lowest: number, highest: number];
}

/** What the particles do in a plane, and what it shows. */
export interface LearnerView {
  readonly score: "learned" | "exact";
  readonly shade: "error" | "density";
  readonly start: Float32Array;
  readonly draws: Draws;
  readonly marks: readonly Point[];
}

export class LearnerPlane implements Plane {
  readonly #options: LearnerOptions;
  readonly #training: ScoreMatching;
  #components: readonly Component[];
  #exact: ParticleDenoiser;
  #view: LearnerView;
  #run: ParticleRun;
  #density: Density = () => 0;
  #field: ArrowField = () => {};
  /** The level and the error that are shown. */
  #shown: { readonly sigma: number; readonly steps: number } | undefined;

  constructor(options: LearnerOptions, components: readonly Component[], view: LearnerView) {
    this.#options = options;
    this.#training = new ScoreMatching(`langevin/${view.draws.seed}/score-matching`);
    this.#components = components;
    this.#exact = mixtureDenoiser(components);
    this.#view = view;
    this.#run = this.#begin();
  }

  get steps(): number {
    return this.#training.steps;
  }

  /** Whether its particles have come to the end. */
  get done(): boolean {
    return this.#run.done;
  }

  get sigma(): number {
    return this.#run.sigma;
  }

  get particles(): Float32Array {
    return this.#run.x;
  }

  get marks(): readonly Point[] {
    return this.#view.marks;
  }

  get heat(): number {
    return heatOf(this.sigma, ...this.#options.heat);
  }

  get shows(): LearnerView["shade"] {
    return this.#view.shade;
  }

  get density(): Density {
    this.#update();
    return this.#density;
  }

  get field(): ArrowField {
    this.#update();
    return this.#field;
  }

  /** Other data to learn from, other things to do and show. The network goes on with its weights. */
  change(components: readonly Component[], view: LearnerView): void {
    if (components !== this.#components) this.#exact = mixtureDenoiser(components);
    this.#components = components;
    this.#view = view;
    this.#shown = undefined;
    this.restart();
  }

  /** Lets the particles begin anew. */
  restart(): void {
    this.#run = this.#begin();
  }

  train(learningRate: number): void {
    const { sigmas } = this.#options;
    this.#training.train(this.#components, { sigmaMin: sigmas.at(-1)!, sigmaMax: sigmas[0] }, learningRate);
  }

  /** A part of a step: the last of `parts` moves the particles. */
  stepInParts(parts: number): void {
    this.#run.stepInParts(parts);
  }

  error(sigma: number): ScoreError {
    return new ScoreError(this.#learned, this.#exact, sigma);
  }

  readonly #learned: ParticleDenoiser = (x, sigma, out) => this.#training.denoise(x, sigma, out, this.#components);

  get #denoise(): ParticleDenoiser {
    return this.#view.score === "learned" ? this.#learned : this.#exact;
  }

  #begin(): ParticleRun {
    const { sigmas, stepsPerLevel, relativeStep } = this.#options;
    const { draws, start } = this.#view;
    const batch = batchOf(draws);
    const sampler = ald({ ...batch, sigmas, stepsPerLevel, epsilon: relativeStep * sigmas.at(-1)! ** 2 });
    return new ParticleRun(sampler, (x, sigma, out) => this.#denoise(x, sigma, out), start);
  }

  /** The map of the error is drawn anew every 64 training steps. */
  #update(): void {
    const { sigma } = this;
    const steps = this.#view.shade === "error" ? Math.floor(this.steps / 64) : 0;
    if (this.#shown && this.#shown.sigma === sigma && this.#shown.steps === steps) return;
    this.#shown = { sigma, steps };
    this.#density = this.#view.shade === "error" ? this.error(sigma).shades : mixtureDensity(this.#components, sigma);
    this.#field = scoreField(this.#denoise, sigma);
  }
}
